"""Holds the values of jaxcnn against those of a real Keras."""

import json
import re

import numpy as np
from known import KNOWN

RTOL, ATOL = 2e-4, 2e-5


def difference(key, theirs, ours):
    """Why two values are not equal; None if they are."""
    if key == "config" or key.startswith("config "):
        theirs, ours = json.loads(str(theirs)), json.loads(str(ours))
        wrong = [
            "%s: %r, ours %r" % (k, v, ours.get(k, "nothing"))
            for k, v in theirs.items()
            if not same_config(v, ours.get(k))
        ]
        return "; ".join(wrong) or None
    if isinstance(theirs, str) or isinstance(ours, str):
        theirs, ours = str(theirs), str(ours)
        if theirs == ours:
            return None
        one, two = theirs.split("\n"), ours.split("\n")
        for i in range(max(len(one), len(two))):
            a, b = (one[i : i + 1] or ["(nothing)"])[0], (two[i : i + 1] or ["(nothing)"])[0]
            if a != b:
                return "line %d of %d/%d: %r, ours %r" % (
                    i + 1,
                    len(one),
                    len(two),
                    a[:200],
                    b[:200],
                )
    theirs, ours = np.asarray(theirs), np.asarray(ours)
    if key.endswith("~"):  # statistics of a random sample
        near = abs(theirs - ours) < {
            "deviation~": 0.04 * theirs,
            "last/deviation~": 0.06 * theirs,
            "mean/deviation~": 0.12,
        }.get(key, 1.3 if abs(theirs) > 2.5 else 0.06)
        return None if near else "%.4g, ours %.4g" % (theirs, ours)
    if theirs.shape != ours.shape:
        return "shape %s, ours %s" % (theirs.shape, ours.shape)
    atol = (
        (5 if key.startswith("weights") else 1)
        * ATOL
        * max(1.0, np.abs(theirs[np.isfinite(theirs)]).max())
        if np.isfinite(theirs).any()
        else ATOL
    )
    if np.allclose(theirs, ours, RTOL, atol, equal_nan=True):
        return None
    worst = np.unravel_index(
        np.nanargmax(np.where(np.isfinite(theirs), np.abs(theirs - ours.astype(theirs.dtype)), 0)),
        theirs.shape,
    )
    return "%.6g, ours %.6g at %s (of %s values %d differ)" % (
        theirs[worst],
        ours[worst],
        tuple(map(int, worst)),
        theirs.size,
        (~np.isclose(theirs, ours, RTOL, atol, equal_nan=True)).sum(),
    )


def same_config(theirs, ours):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return all(same_config(v, ours.get(k)) for k, v in theirs.items())
    if isinstance(theirs, list) and isinstance(ours, (list, tuple)):
        return len(theirs) == len(ours) and all(map(same_config, theirs, ours))
    if isinstance(theirs, float) and isinstance(ours, (int, float)):
        return bool(np.isclose(theirs, ours, 1e-5))
    return theirs == ours


def compare(group, theirs, ours):
    """The disagreements as a list of (key, reason); None when the oracle refused and we did not."""
    if "!raises" in theirs and group == "written":  # our file, which the real Keras cannot read
        return [("!raises", "Keras: " + str(theirs["!raises"]))]
    if "!raises" in theirs:
        return [] if "!raises" in ours else None
    if "!raises" in ours:
        return [("!raises", ours["!raises"] + " at " + ours["!where"])]
    found = []
    for key in [key[: -len(" count")] for key in theirs if key.endswith(" count")]:
        if key in ours and key not in theirs:  # numbers that Theano gives as arrays
            theirs = as_one(theirs, key)
    for key, value in theirs.items():
        if key not in ours:
            found.append((key, "not there; ours has %s" % ", ".join(ours)[:200]))
        else:
            reason = difference(key, value, ours[key])
            if reason:
                found.append((key, reason))
    found += [(key, "only ours") for key in ours if key not in theirs]
    return found


def as_one(answers, key):
    """The answers with a list of arrays of one number, recorded one by one, as an array."""
    parts = ["%s %d" % (key, i) for i in range(int(answers[key + " count"]))]
    others = {k: v for k, v in answers.items() if k not in parts + [key + " count"]}
    return dict(others, **{key: np.asarray([answers[part] for part in parts])})


def explanation(era, group, name, key):
    for eras, pattern, keys, why in KNOWN:
        if (
            era in eras.split()
            and re.search(pattern, group + ": " + name)
            and re.fullmatch(keys, key)
        ):
            return why
    return None
