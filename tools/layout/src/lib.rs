//! Carries a layout plan out: artifacts in, the folder that a tool would have made for itself out.
//!
//! The result depends on the plan and the artifacts alone. Archives are hostile until shown otherwise: nothing is
//! written outside of the folder or through a link, and neither memory nor disk grow past what the plan declares.
//! There is no network in this crate, and nothing in it that could use one.

mod ahead;
mod archive;
mod batch;
mod brotli;
mod decode;
mod digests;
mod error;
mod extract;
mod folder;
mod fsys;
mod links;
mod near;
mod nested;
mod registry;
mod repack;
mod select;
mod site;
mod small;
mod steps;
mod tar;
pub mod tree;
mod work;
mod zip;

#[doc(hidden)]
pub mod fuzz;

use std::path::Path;

use lazytools_lock::{Plan, Step};

use digests::Checked;
pub use error::{Error, Problem};
use folder::Folder;
use links::Resolver;
use registry::{Kind, Registry};
use site::Site;
use steps::Steps;
pub use steps::{parse_plan, Artifacts};
use work::{Job, Queue, Scratch, Worker};

/// How many small steps make one job.
const STEPS_A_JOB: usize = 32;
/// Stands for all steps without an archive where streams are named by their step.
const SMALL_STEPS: usize = usize::MAX;
/// More threads than this only wait for the disk.
const MAX_THREADS: usize = 16;

/// What to assemble.
#[derive(Debug)]
pub struct Request<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Where its artifacts are.
    pub artifacts: &'a Artifacts,
    /// The folder to make. It may be there already, empty or as an earlier run made it.
    pub out: &'a Path,
    /// The manifest to write.
    pub manifest: &'a Path,
    /// Whether to check the digests of all artifacts. Bazel has done so when it downloaded them; those that are files of
    /// the workspace are checked in any case.
    pub verify: bool,
    /// How many threads; default: as many as there are processors.
    pub threads: Option<usize>,
}

/// Assembles a folder. It is there whole afterwards, with its manifest, or as it was before.
pub fn assemble(request: &Request<'_>) -> Result<(), Error> {
    let fail = |step, problem| Error { tool: request.plan.tool.to_string(), step, problem: Box::new(problem) };
    let steps = Steps::new(request.plan, request.artifacts).map_err(|problem| fail(None, problem))?;
    fill(request, steps).map_err(|(step, problem)| {
        // The steps are gone with the folder; the same plan gives the same ones again.
        let steps = Steps::new(request.plan, request.artifacts);
        let described = steps.ok().and_then(|steps| Some(steps.tasks.get(step)?.describe()));
        fail(described, problem)
    })
}

/// A problem with its step.
type Failure = (usize, Problem);

/// Stands for no step.
const NO_STEP: usize = usize::MAX;

fn general(problem: Problem) -> Failure {
    (NO_STEP, problem)
}

fn fill(request: &Request<'_>, steps: Steps<'_>) -> Result<(), Failure> {
    let threads = request.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let threads = threads.clamp(1, MAX_THREADS);
    let checked = if request.verify { Checked::All } else { Checked::Local };
    digests::verify(&steps, checked, threads).map_err(general)?;
    let digests = digests::Digests::work_out(&steps, threads)?;
    let earlier = folder::earlier_manifest(request.manifest);
    let folder = Folder::prepare(request.out, earlier.as_ref()).map_err(general)?;
    let modes = fsys::Modes::probe(folder.root()).map_err(general)?;
    let site = Site::new(steps, folder.root(), modes, digests);
    let crew = Crew { site };
    let mut streams = crew.streams();
    if streams.is_empty() {
        // Nothing to wait for: the first files are written while the last ones are claimed.
        streams.push(SMALL_STEPS);
    } else {
        crew.small_steps(&mut |_| true)?;
    }
    let jobs = if streams[0] == SMALL_STEPS { Vec::new() } else { crew.ranges().map(Job::Small).collect() };
    work::run(&crew, jobs, streams, threads)?;
    finish(request, crew.site, folder)
}

fn finish(request: &Request<'_>, site: Site<'_>, folder: Folder) -> Result<(), Failure> {
    let (check, root, modes) = (site.steps.check.clone(), std::sync::Arc::clone(&site.root), site.modes);
    let (registry, hard_links) = site.finish();
    for link in &hard_links {
        small::hard_link(&registry, &root, modes, link).map_err(|problem| (link.step, problem))?;
    }
    make_links(&registry, &root)?;
    for path in check {
        if !Resolver::new(&registry).exists(path.as_str()) {
            let mut near = near::Near::new(path.as_str());
            registry.records().for_each(|record| near.see(&record.path));
            return Err(general(Problem::Check { path: path.to_string(), near: near.finish() }));
        }
    }
    folder.commit(request.manifest, &registry.account()).map_err(general)
}

/// Makes the symbolic links, after everything else and after a look at where all of them lead.
fn make_links(registry: &Registry, root: &Path) -> Result<(), Failure> {
    let mut resolver = Resolver::new(registry);
    let mut links = Vec::new();
    for record in registry.records() {
        if let Kind::Link { target } = &record.kind {
            links.push((record, &**target));
        }
    }
    links.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
    for (record, target) in links {
        let is_folder = resolver.check(&record.path, target).map_err(|problem| (record.step, problem))?;
        fsys::symlink(target, is_folder, &root.join(&*record.path)).map_err(general)?;
    }
    Ok(())
}

/// The threads' side of a request.
struct Crew<'p> {
    site: Site<'p>,
}

impl Crew<'_> {
    /// The steps that read an archive, or a large file.
    fn streams(&self) -> Vec<usize> {
        let is_stream = |at: &usize| match self.site.steps.tasks[*at].step {
            Step::Extract(_) | Step::Repack(_) => true,
            _ => small::is_large_place(&self.site, *at),
        };
        (0..self.site.steps.tasks.len()).filter(is_stream).collect()
    }

    /// The steps in the pieces that make a job.
    fn ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let count = self.site.steps.tasks.len();
        (0..count).step_by(STEPS_A_JOB).map(move |start| start..(start + STEPS_A_JOB).min(count))
    }

    /// Claims what the steps without an archive write, and hands each piece on; until that says to stop.
    fn small_steps(&self, hand_on: &mut dyn FnMut(std::ops::Range<usize>) -> bool) -> Result<(), (usize, Problem)> {
        for range in self.ranges() {
            for at in range.clone() {
                small::claim(&self.site, at).map_err(|problem| (at, problem))?;
            }
            if !hand_on(range) {
                break;
            }
        }
        Ok(())
    }
}

impl Worker for Crew<'_> {
    fn job(&self, job: Job, scratch: &mut Scratch) -> Result<(), (usize, Problem)> {
        match job {
            Job::Batch(mut batch) => batch.write().map_err(|problem| (batch.step(), problem)),
            Job::Zip(work, range) => extract::zip_members(&self.site, &work, range, scratch),
            Job::Small(range) => {
                for at in range {
                    small::carry_out(&self.site, at, scratch).map_err(|problem| (at, problem))?;
                }
                Ok(())
            }
        }
    }

    fn stream(&self, step: usize, queue: &Queue<'_>, scratch: &mut Scratch) -> Result<(), (usize, Problem)> {
        if step == SMALL_STEPS {
            return self.small_steps(&mut |range| queue.push(Job::Small(range), scratch));
        }
        let done = match self.site.steps.tasks[step].step {
            Step::Extract(extract) => extract::extract(&self.site, step, extract, queue, scratch),
            Step::Repack(repack) => repack::repack(&self.site, step, repack, scratch),
            Step::Place(place) => small::place_large(&self.site, step, place, queue, scratch),
            _ => Ok(()),
        };
        done.map_err(|problem| (step, problem))
    }
}
