"""Packs collection/ as example-greeting-1.0.0.tar.gz, in the form that Ansible Galaxy has: the same bytes each time."""

import gzip
import hashlib
import io
import json
import pathlib
import tarfile

here = pathlib.Path(__file__).parent
source = here / "collection"
members = {str(path.relative_to(source)): path.read_bytes() for path in source.rglob("*") if path.is_file()}


def entry(name, data=None):
    digest = hashlib.sha256(data).hexdigest() if data is not None else None
    kind = "dir" if data is None else "file"
    return {"name": name, "ftype": kind, "chksum_type": "sha256" if digest else None, "chksum_sha256": digest, "format": 1}


def text(value):
    return (json.dumps(value, indent=1) + "\n").encode()


members["FILES.json"] = text({"files": [entry("."), *(entry(*member) for member in sorted(members.items()))], "format": 1})
information = {
    "namespace": "example",
    "name": "greeting",
    "version": "1.0.0",
    "authors": ["rules_lazytools"],
    "readme": "README.md",
    "tags": [],
    "description": "A stand-in",
    "license": ["Apache-2.0"],
    "license_file": None,
    "dependencies": {},
    "repository": None,
    "documentation": None,
    "homepage": None,
    "issues": None,
}
files = entry("FILES.json", members["FILES.json"])
members["MANIFEST.json"] = text({"collection_info": information, "file_manifest_file": files, "format": 1})

packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
    for name, data in sorted(members.items()):
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o644
        archive.addfile(member, io.BytesIO(data))
(here / "example-greeting-1.0.0.tar.gz").write_bytes(gzip.compress(packed.getvalue(), mtime=0))
