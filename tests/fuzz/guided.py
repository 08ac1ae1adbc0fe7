"""usage: guided.py FOLDER NAME SECONDS: damaged files that atheris finds, through one reader.

The coverage of jaxcnn guides what is changed in the sound file NAME (see mutants.py). Ends with an
error at the first file that is neither read nor refused by one error; that file stays in FOLDER.
"""

import signal
import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["jaxcnn"], enable_loader_override=False):
    import mutants


def main(folder, name, seconds):
    """Fuzz the reader of one file, which does not return."""
    folder = Path(folder)
    with atheris.instrument_imports(include=["jaxcnn"], enable_loader_override=False):
        reader = mutants.sound_files(folder)[name]
    path = folder / name
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "sound").write_bytes(path.read_bytes())
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, mutants.too_slow)
    texts = ("configuration", "The text", "Layer '", "layer '")
    label = (path.name, str(folder), *(texts if name in ("m.json", "m.yaml") else ()))

    def read(content):
        path.write_bytes(content)
        if problem := mutants.outcome(reader, path, label):
            (folder / "spoilt").write_bytes(content)
            raise AssertionError(problem)

    options = [f"-max_total_time={seconds}", "-timeout=0", "-rss_limit_mb=6144", "-max_len=65536"]
    options.append(f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], *options, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
