"""Posts of 20 Usenet newsgroups.

There are 18,846 split by date (11,314 and 7,532), or the 19,997 of the first collection. A text is
what follows the header of a post, beginning with the first empty line.
"""

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, damage
from jaxcnn.spellings.keywords import suggesting

__all__ = ["load_data"]

Post = tuple[str, str, str]  # subset, group, text
FOLDERS = ("20_newsgroup", "20_newsgroups", "20news-bydate")
SUBSETS = ("all", "train", "test")


def dataset() -> resolve.Dataset:
    """Where the posts may be."""
    archive = "20news-bydate.tar.gz"
    return resolve.Dataset(
        name="20 newsgroups",
        files=(
            *((folder, _read_folder) for folder in FOLDERS),
            (archive, _read_archive),
            ("20_newsgroups.tar.gz", _read_archive),
        ),
        remotes=(
            resolve.Remote(
                path=archive,
                checksum="8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610",
                urls=(
                    "https://ndownloader.figshare.com/files/5975967",
                    "http://qwone.com/~jason/20Newsgroups/20news-bydate.tar.gz",
                ),
            ),
        ),
    )


@suggesting
def load_data(
    subset: str = "all", headers: bool = False
) -> tuple[list[str], np.ndarray, list[str]]:
    """The posts as ``texts, labels, names``.

    They are n strings, int64 (n,) and the 20 names of the groups, which labels index.

    Ordered by the names of the groups and of the files in them, as the book reads them.

    Where it is looked for and what else is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        subset: "all", or "train" or "test" where the copy is sorted by date. Default: 'all'.
        headers: keep the header of each post. Default: False.

    Raises:
        ValueError: another subset.

    Examples:
        >>> texts, labels, names = jc.datasets.newsgroups.load_data("train")

    References:
        - Lang, "NewsWeeder: Learning to Filter Netnews", 1995,
          <http://qwone.com/~jason/20Newsgroups/>
    """
    if subset not in SUBSETS:
        raise ValueError(f"subset must be one of {', '.join(SUBSETS)}; got {subset!r}.")
    posts: list[Post] = resolve.load(dataset())
    chosen = [post for post in posts if subset in ("all", post[0])]
    if not chosen:
        raise ValueError(
            f"This copy of the newsgroups has no {subset} part; put 20news-bydate.tar.gz in its "
            "place."
        )
    names = sorted({group for _, group, _ in posts})
    labels = np.array([names.index(group) for _, group, _ in chosen], np.int64)
    texts = [text for _, _, text in chosen]
    return texts if headers else [_body(text) for text in texts], labels, names


def _body(post: str) -> str:
    """A post without its header; one that has none stays whole."""
    header, separator, rest = post.partition("\n\n")
    return separator + rest if header and separator else post


def _read_folder(path: Path) -> list[Post]:
    files = (
        (file.relative_to(path), file.read_bytes()) for file in path.rglob("*") if file.is_file()
    )
    return _posts(path, ((PurePosixPath(name.as_posix()), content) for name, content in files))


def _read_archive(path: Path) -> list[Post]:
    """The archive is read in place, nothing is unpacked."""
    with damage(path, "it cannot be read to its end"), tarfile.open(path) as archive:
        members = [
            (PurePosixPath(member.name), file.read())
            for member in archive
            if (file := archive.extractfile(member))
        ]
    return _posts(path, iter(members))


def _posts(path: Path, files: Iterator[tuple[PurePosixPath, bytes]]) -> list[Post]:
    """The posts among the files: those that are named by a number in the folder of a group."""
    posts = []
    for name, content in files:
        if name.name.isdigit() and len(name.parts) > 1:
            subset = next((part.rpartition("-")[2] for part in name.parts if "bydate-" in part), "")
            posts.append((name.parent.name, name.name, subset, content.decode("latin-1")))
    if not posts:
        raise DamagedFileError(
            path, "it has no posts, files named by a number in a folder for each group"
        )
    posts.sort(key=lambda post: post[:3])
    return [(subset, group, text) for group, _, subset, text in posts]
