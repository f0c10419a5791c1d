# SPDX-License-Identifier: Apache-2.0
"""A stand-in build back end, put before the real one while source archives are downloaded.

pip asks a source archive's back end for its metadata even when it only downloads it. The real back
ends would be fetched, and would configure a build; the metadata is in PKG-INFO already.
"""
import pathlib
from email.parser import Parser


def _nothing(config_settings=None):
    return []


def _refuse(*arguments, **named):
    raise RuntimeError("this back end only gives metadata")


get_requires_for_build_wheel = _nothing
get_requires_for_build_sdist = _nothing
get_requires_for_build_editable = _nothing
build_wheel = _refuse
build_sdist = _refuse
build_editable = _refuse
prepare_metadata_for_build_editable = _refuse


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    text = pathlib.Path("PKG-INFO").read_text(encoding="utf-8")
    headers = Parser().parsestr(text)
    name = headers["Name"].replace("-", "_")
    folder = pathlib.Path(metadata_directory) / f"{name}-{headers['Version']}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(text, encoding="utf-8")
    return folder.name
