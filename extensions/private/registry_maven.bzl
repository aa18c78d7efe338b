"""Where the Maven repository is that everyone means."""

load(":xml.bzl", "element", "elements")

_CENTRAL = "central"

def maven_mirror(text, environ):
    """The mirror of central in a settings.xml.

    Args:
        text: what the file holds.
        environ: the environment, for `${env.NAME}` in a value.

    Returns:
        The address, or None where the file names none.
    """
    for mirror in elements(text, "mirror"):
        words = [word.strip() for word in element(mirror, "mirrorOf").split(",")]
        if "!" + _CENTRAL in words:
            continue
        if [word for word in words if word in [_CENTRAL, "*", "external:*"]]:
            return _substitute(element(mirror, "url"), environ)
    return None

def _substitute(text, environ):
    pieces = text.split("${env.")
    out = pieces[0]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}")
        out += environ.get(name, "") + rest
    return out

def super_pom_central(text):
    """The address of central in Maven's super POM.

    Args:
        text: what the file holds.

    Returns:
        The address, or None.
    """
    for repository in elements(text, "repository"):
        if element(repository, "id") == _CENTRAL:
            return element(repository, "url")
    return None

def _maven_home(rctx):
    environ = rctx.os.environ
    found = environ.get("MAVEN_HOME") or environ.get("M2_HOME")
    if found:
        return rctx.path(found)
    program = rctx.which("mvn")
    return program.realpath.dirname.dirname if program else None

def _files(rctx):
    environ = rctx.os.environ
    home = environ.get("HOME") or environ.get("USERPROFILE")
    maven = _maven_home(rctx)
    files = [rctx.path(home).get_child(".m2", "settings.xml")] if home else []
    return files + [maven.get_child("conf", "settings.xml")] if maven else files

def _find(rctx):
    environ = rctx.os.environ
    if environ.get("MVNW_REPOURL"):
        return [environ["MVNW_REPOURL"]]
    for file in _files(rctx):
        if file.exists:
            found = maven_mirror(rctx.read(file, watch = "no"), environ)
            if found:
                return [found]
    maven = _maven_home(rctx)
    folder = maven.get_child("lib") if maven else None
    if not folder or not folder.exists:
        return None
    for jar in sorted(folder.readdir(watch = "no"), key = str):
        if jar.basename.startswith("maven-model-builder-") and jar.basename.endswith(".jar"):
            rctx.extract(jar, output = "maven", type = "jar", watch_archive = "no")
            found = super_pom_central(rctx.read("maven/org/apache/maven/model/pom-4.0.0.xml", watch = "no"))
            rctx.delete("maven")
            return [found] if found else None
    return None

MAVEN = struct(
    find = _find,
    files = _files,
    variables = ["M2_HOME", "MAVEN_HOME", "MVNW_REPOURL"],
    remedy = "a <mirror> of central to ~/.m2/settings.xml",
)
