#!/usr/bin/env python3
"""Writes cypress.zip: in place of the Cypress app for Linux a program that says how it was started."""

import pathlib
import zipfile

PROGRAM = '#!/bin/sh\necho "a stand-in of Cypress: $*"\n'
PACKAGE = '{"name": "cypress", "version": "15.3.0"}\n'

with zipfile.ZipFile(pathlib.Path(__file__).with_name("cypress.zip"), "w") as archive:
    for name, mode, text in [
        ("Cypress/Cypress", 0o100755, PROGRAM),
        ("Cypress/resources/app/package.json", 0o100644, PACKAGE),
    ]:
        member = zipfile.ZipInfo(name)
        member.create_system = 3
        member.external_attr = mode << 16
        archive.writestr(member, text)
