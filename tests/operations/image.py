"""Builds what the Dockerfile describes, in a folder and without a container engine: its steps are read and carried out.

The stages are one folder, as paths are written into an environment of Python's. What makes users is left out. The
libraries are the ones that this Python has, unless `STADSBOT_TEST_LOCK` is set: then the lock's are fetched.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
FETCH = bool(os.environ.get("STADSBOT_TEST_LOCK"))


@dataclass
class Image:
    """What came of it. Absolute paths of the image lie under `folder`."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "0:0"
    here: str = "/"
    command: list[str] = field(default_factory=list)
    check: list[str] = field(default_factory=list)

    def place(self, path: str) -> Path:
        """Where a path of the image is."""
        return self.folder / Path(self.here, path).relative_to("/")

    def written(self, text: str) -> str:
        """A text with the image's own paths made into those of the folder."""
        return re.sub(r"(?<![\w/.])/(opt/stadsbot|data|backups)\b", rf"{self.folder}/\1", text)

    def words(self, command: list[str]) -> list[str]:
        """A command as it is called here."""
        name = self.place(f"/opt/stadsbot/bin/{command[0]}")
        return [str(name), *map(self.written, command[1:])]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, in order."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def build(folder: Path) -> Image:
    """Carry out every instruction. Raises subprocess.CalledProcessError for a step that fails."""
    image = Image(folder)
    for name, value in instructions():
        match name:
            case "FROM":
                image.here = "/"
            case "WORKDIR":
                image.here = value
                image.place(value).mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(image, value)
            case "RUN":
                for step in re.split(r"\s*&&\s*", value):
                    _run(image, step)
            case "ENV":
                pairs = (pair.split("=", 1) for pair in shlex.split(value.replace("$PATH", os.defpath)))
                image.environment |= {key: image.written(said) for key, said in pairs}
            case "USER":
                image.user = value
            case "HEALTHCHECK":
                image.check = json.loads(value[value.index("[") :])
            case "ENTRYPOINT" | "CMD":
                image.command += json.loads(value)
            case "ARG" | "VOLUME" | "STOPSIGNAL":
                pass  # said to the engine
            case _:
                raise AssertionError(f"{name} is not known here")
    return image


def _copy(image: Image, value: str) -> None:
    *sources, target = [word for word in value.split() if not word.startswith("--")]
    if value.startswith("--from="):
        assert all(image.place(source) == image.place(target) for source in sources), "another place breaks its scripts"
        return
    for source in sources:
        there = image.place(target)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, there / source if there.is_dir() else there)


def _run(image: Image, step: str) -> None:
    words = shlex.split(image.written(step))
    match words[0]:
        case "groupadd" | "useradd":
            return
        case "install":  # folders, without giving them away
            words = [w for w, before in zip(words, ["", *words], strict=False) if not {w, before} & {"-o", "-g"}]
        case "python":
            words[0] = sys.executable
    if "--require-hashes" in words and not FETCH:
        _lend(image)
        return
    subprocess.run(words, cwd=image.place("."), check=True, capture_output=True)


def _lend(image: Image) -> None:
    """Let the image use the libraries of this Python, but for those of its own making and this project itself."""
    (packages,) = image.place("/opt/stadsbot/lib").glob("python*/site-packages")
    libraries = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    for old in packages.glob("setuptools*"):  # which some versions of Python put there; the lock has a newer one
        shutil.rmtree(old)
    for library in libraries.iterdir():
        own = library.name.startswith(("stadsbot", "__editable__")) or library.suffix == ".pth"
        if not own and not (packages / library.name).exists():
            (packages / library.name).symlink_to(library)
