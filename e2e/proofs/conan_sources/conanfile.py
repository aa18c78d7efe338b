"""Conan Center's recipe of ANTLR, as far as its archive is concerned."""

import zipfile

from conan import ConanFile
from conan.tools.files import download


class Antlr4(ConanFile):
    name = "antlr4"
    version = "4.13.1"

    def source(self):
        download(
            self,
            url="https://www.antlr.org/download/antlr-4.13.1-complete.jar",
            filename="antlr-complete.jar",
            sha256="bc13a9c57a8dd7d5196888211e5ede657cb64a3ce968608697e4f668251a8487",
        )
        manifest = zipfile.ZipFile("antlr-complete.jar").read("META-INF/MANIFEST.MF").decode()
        with open("version.txt", "w") as file:
            print(*[line for line in manifest.splitlines() if line.startswith("Implementation")], sep="\n", file=file)
