"""Packs chart/ as greeting-1.0.0.tgz, in the form that `helm package` has: the same bytes each time."""

import gzip
import io
import pathlib
import tarfile

here = pathlib.Path(__file__).parent
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
    for path in sorted((here / "chart").rglob("*")):
        if path.is_file():
            member = tarfile.TarInfo("greeting/" + str(path.relative_to(here / "chart")))
            member.size, member.mode = path.stat().st_size, 0o644
            archive.addfile(member, io.BytesIO(path.read_bytes()))
(here / "greeting-1.0.0.tgz").write_bytes(gzip.compress(packed.getvalue(), mtime=0))
