"""Faces told apart by a network that learned with the triplet loss from other people (N3).

Data: the ORL faces, 25 people to learn from, 5 to choose the threshold on and 8 never seen; and
ten people of Labeled Faces in the Wild, photographed elsewhere. The weights of the notes' encoder,
nn4.small2, are not available: it learns here from nothing, and beside it a small encoder of a size
for 250 images: so few are not enough for the 3.7 million weights of the first, and the second knows
nothing of photographs taken elsewhere. Each batch holds all images of some people, of which the
hardest triplets count.

    python -m experiments run n3_faces
"""

import numpy as np
from PIL import Image

from experiments.program import Program
from experiments.run import Run
from jaxcnn import faces
from jaxcnn.callbacks import History
from jaxcnn.datasets import lfw, orl_faces
from jaxcnn.models import Model
from jaxcnn.optimizers import Adam
from jaxcnn.visualization.figure import BLUE, ORANGE, new_figure, plain_axes

PROGRAM = Program(
    title="Faces and the triplet loss",
    ids=("N3",),
    data=("orl_faces", "lfw"),
    minutes=10,
    settings={"epochs": 60, "filters": 32, "people_at_once": 12, "nn4_epochs": 30},
    quick={"epochs": 1, "filters": 4, "nn4_epochs": 0},
)
LEARNT, CHOSEN = range(25), range(25, 30)


def resized(pictures: np.ndarray, rows: int = 56, columns: int = 46) -> np.ndarray:
    """Gray faces (n, rows, columns, 1), 0 to 1."""
    small = [
        np.asarray(Image.fromarray(p).resize((columns, rows), Image.Resampling.BILINEAR))
        for p in pictures
    ]
    return np.stack(small)[..., None].astype("float32") / 255


def learn(
    run: Run, model: Model, x: np.ndarray, people: np.ndarray, epochs: int, name: str
) -> History:
    return model.fit(
        faces.batches_of_people(x, people, run.settings.people_at_once, seed=run.seed),
        steps_per_epoch=10,
        epochs=epochs,
        verbose=2,
        checkpoint_dir=run.checkpoint_dir / name,
        resume=True,
    )


def nn4(run: Run, x: np.ndarray, people: np.ndarray) -> None:
    """The notes' encoder, from random weights."""
    model = faces.nn4_small2()
    run.check("parameters of nn4.small2", model.count_params(), 3_743_280)
    model.compile(Adam(1e-3), faces.batch_hard_triplet_loss)
    known, unseen = np.isin(people, LEARNT), ~np.isin(people, (*LEARNT, *CHOSEN))
    history = learn(run, model, x[known], people[known], run.settings.nn4_epochs, "nn4")
    run.curve(history, "nn4")
    false, true, _ = faces.roc_curve(
        *faces.pair_distances(model.predict(x[unseen]), people[unseen])
    )
    run.figure(
        "people never seen: area under the ROC curve by nn4.small2",
        faces.area_under_curve(false, true),
    )


def main(run: Run) -> None:
    anchor, positive, negative = np.eye(3, dtype="float32")[[[0], [0], [1]]]
    run.check(
        "triplet loss of a right triplet",
        faces.triplet_loss(None, [anchor, positive, negative]),
        0.0,
    )
    run.check(
        "of a wrong one",
        faces.triplet_loss(None, [anchor, negative, positive]),
        2.2,
        tolerance=1e-6,
    )
    pictures, people = orl_faces.load_data()
    if run.settings.nn4_epochs:
        nn4(run, np.repeat(resized(pictures, 96, 96), 3, axis=-1), people)
    x = resized(pictures) - 0.5
    known, middle = np.isin(people, LEARNT), np.isin(people, CHOSEN)
    unseen = ~known & ~middle
    model = faces.small_encoder(x.shape[1:], run.settings.filters)
    model.compile(Adam(1e-3), faces.batch_hard_triplet_loss)

    def pairs(rows):
        return faces.pair_distances(model.predict(x[rows]), people[rows])

    before = faces.area_under_curve(*faces.roc_curve(*pairs(unseen))[:2])
    history = learn(run, model, x[known], people[known], run.settings.epochs, "small")
    run.curve(history)
    threshold, _ = faces.best_threshold(*pairs(middle))
    distances, same = pairs(unseen)
    false, true, _ = faces.roc_curve(distances, same)
    run.figure("threshold, chosen on other people", threshold)
    run.figure("people never seen: area under the ROC curve before training", before)
    run.figure("people never seen: area under the ROC curve", faces.area_under_curve(false, true))
    run.figure(
        "people never seen: share of pairs judged rightly",
        faces.accuracy_at(distances, same, threshold),
    )
    run.figure("people never seen: true accepts at 1 % false accepts", np.interp(0.01, false, true))

    database = faces.FaceDatabase()
    encodings = model.predict(x[unseen])
    names = [f"person {p}" for p in people[unseen]]
    for i, name in enumerate(names):
        if name not in database:
            database.enrol(name, encodings[i])
    others = [i for i in range(len(names)) if not np.array_equal(encodings[i], database[names[i]])]
    right = [database.recognise(encodings[i], np.inf)[1] == names[i] for i in others]
    run.figure("people never seen: named rightly after one picture", np.mean(right))
    print(database.verify(encodings[others[0]], names[others[0]], threshold))

    photographs, strangers, _ = lfw.load_data()
    crops = photographs[:, 60:190, 72:178] @ np.array([0.299, 0.587, 0.114])
    far, equal = faces.pair_distances(
        model.predict(resized(crops.astype("uint8")) - 0.5), strangers
    )
    false_lfw, true_lfw, _ = faces.roc_curve(far, equal)
    run.figure(
        "Labeled Faces in the Wild: area under the ROC curve",
        faces.area_under_curve(false_lfw, true_lfw),
    )

    figure = new_figure(4.5, 4)
    axes = figure.add_subplot()
    plain_axes(axes)
    axes.plot(false, true, color=BLUE, label="ORL, people never seen")
    axes.plot(false_lfw, true_lfw, color=ORANGE, label="Labeled Faces in the Wild")
    axes.set_xlabel("false accepts")
    axes.set_ylabel("true accepts")
    axes.legend(frameon=False)
    run.picture("roc", figure)
    run.picture("unseen", pictures[unseen][:20, :, :, None], columns=10)
    run.model(model)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)
