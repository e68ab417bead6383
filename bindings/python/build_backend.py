"""scikit-build-core, and then two things of the wheel that it leaves open: the platform tag (manylinux with the oldest
glibc that has every symbol the libraries inside ask for) and the order of the files, so that the same tree gives the same bytes."""
import base64
import hashlib
import os
import pathlib
import re
import zipfile

from scikit_build_core import build
from scikit_build_core.build import *      # noqa: F403  the other hooks, as they are


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """The wheel's name."""
    made = pathlib.Path(wheel_directory) / build.build_wheel(wheel_directory, config_settings)
    with zipfile.ZipFile(made) as wheel:
        infos = sorted(wheel.infolist(), key=lambda info: info.filename)
        files = {info.filename: wheel.read(info) for info in infos}
    asked = [tuple(map(int, version)) for name, data in files.items() if ".so" in name
             for version in re.findall(rb"\0GLIBC_(\d+)\.(\d+)", data)]
    target = made
    if asked:
        tag = "-manylinux_{}_{}_".format(*max(asked))
        target = made.with_name(made.name.replace("-linux_", tag))
        about = next(name for name in files if name.endswith(".dist-info/WHEEL"))
        files[about] = files[about].replace(b"-linux_", tag.encode())
    record = next(name for name in files if name.endswith(".dist-info/RECORD"))
    del files[record]
    files[record] = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items()).encode() + \
        f"{record},,\n".encode()
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as wheel:
        for info in sorted(infos, key=lambda info: info.filename == record):
            wheel.writestr(info, files[info.filename])
    made.unlink()
    os.replace(part, target)
    return target.name


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
