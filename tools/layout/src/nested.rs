//! An archive inside an archive: its bytes, in a file that has no name.

use std::fs::File;
use std::io::Write as _;

use lazytools_lock::step::{Extract, Nested};

use crate::archive;
use crate::error::{output, Outcome, Problem};
use crate::extract::bounds;
use crate::select::plain_name;
use crate::site::Site;
use crate::steps::Input;
use crate::tar::MemberKind;
use crate::work::{Scratch, CHUNK};

/// Takes the member out. The file is gone once nobody reads it any more.
pub fn take_out(
    site: &Site<'_>,
    step: &Extract,
    nested: &Nested,
    input: &Input<'_>,
    scratch: &mut Scratch,
) -> Outcome<File> {
    let folder = &*site.root;
    let mut file = tempfile::tempfile_in(folder).map_err(output("write in", folder))?;
    let mut found = false;
    archive::visit(input, step.format, bounds(step), &mut |member, read| {
        if plain_name(&member.name)? != nested.member {
            return Ok(());
        }
        let name = || nested.member.clone();
        if member.kind != MemberKind::File {
            let kind = "not a file of its own, and nothing is nested in it".to_owned();
            return Err(Problem::MemberKind { member: name(), kind });
        }
        if found {
            let reason = "the archive has the member twice";
            return Err(Problem::Collision { path: name(), other: name(), reason });
        }
        found = true;
        loop {
            let length = read(&mut scratch.buffer)?;
            file.write_all(&scratch.buffer[..length]).map_err(output("write in", folder))?;
            if length < CHUNK {
                return Ok(());
            }
        }
    })?;
    if !found {
        let near = archive::near(input, step.format, bounds(step), &nested.member, &|name| Some(name.to_owned()));
        return Err(Problem::NoMember { member: nested.member.clone(), near });
    }
    Ok(file)
}
