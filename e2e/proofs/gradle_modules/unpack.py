"""Makes a Gradle that may lie anywhere of Debian's packages: unpack.py PACKAGES OUT.

Debian's Gradle looks for itself in /usr/share/gradle and for libraries in /usr/share/java. Here both are gradle-home, in the
folder that it is started in. Libraries that its modules name and this build does not use are there without content.
"""

import io
import pathlib
import sys
import tarfile
import zipfile

HOME = {b"/usr/share/gradle": b"gradle-home", b"/usr/share/java": b"gradle-home/lib"}
FIXED = (1980, 1, 1, 0, 0, 0)


def members(package):
    """The jars of a Debian package, an ar archive: name to bytes, or to the name that a link has."""
    data = package.read_bytes()
    at = 8
    while at < len(data):
        name = data[at : at + 16].decode().strip().rstrip("/")
        size = int(data[at + 48 : at + 58])
        if name.startswith("data.tar"):
            with tarfile.open(fileobj=io.BytesIO(data[at + 60 : at + 60 + size])) as archive:
                for member in archive:
                    folder, _, file = member.name.rpartition("/")
                    if not folder.endswith("/usr/share/java") or not file.endswith(".jar"):
                        continue
                    yield file, member.linkname.rpartition("/")[2] if member.issym() else archive.extractfile(member).read()
        at += 60 + size + size % 2


def moved(jar):
    """A jar whose classes look elsewhere: the constants are in the form of class files, length first."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(jar)) as before, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            data = before.read(member)
            if "/internal/installation/" in member.filename:
                for old, new in HOME.items():
                    constant = [b"\x01" + len(text).to_bytes(2, "big") + text for text in (old, new)]
                    data = data.replace(*constant)
            after.writestr(zipfile.ZipInfo(member.filename, FIXED), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def needed(jar):
    """The libraries that a module names."""
    with zipfile.ZipFile(io.BytesIO(jar)) as module:
        for name in module.namelist():
            if name.endswith("-classpath.properties"):
                for line in module.read(name).decode().splitlines():
                    if line.startswith("runtime="):
                        yield from filter(None, line.removeprefix("runtime=").split(","))


def main(packages, out):
    lib = pathlib.Path(out, "lib")
    plugins = lib / "plugins"
    plugins.mkdir(parents=True)
    jars, links, libraries = {}, {}, set()
    for package in sorted(pathlib.Path(packages).glob("*.deb")):
        for name, content in members(package):
            if isinstance(content, str):
                links[name] = content
            elif name.startswith("gradle-"):
                folder = plugins if package.stem == "libgradle-plugins-java" else lib
                libraries.update(needed(content))
                (folder / name).write_bytes(moved(content) if name.startswith("gradle-core-api-") else content)
            else:
                jars[name] = content
                # It looks for Ant by a name with a version.
                if package.stem == "ant":
                    libraries.add(name)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for name in sorted(libraries):
        (lib / name).write_bytes(jars.get(links.get(name, name), empty.getvalue()))


main(*sys.argv[1:])
