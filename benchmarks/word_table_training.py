"""Trains ``vad/word_table_en.bin`` anew: ``python -m benchmarks.word_table_training FOLDER``.

The folder holds checkouts of public data sets. Their sentences stay there; the table holds
sums of hashed words only.

- ``multi-domain-goal-oriented-dialogues-dataset`` (MultiDoGO; awslabs; CDLA-Permissive 1.0,
  which asks nothing of results): customers' turns from six domains, insurance among them;
- ``oos-eval`` (CLINC150; Larson et al. 2019; CC BY 3.0): requests to an assistant;
- ``task-specific-datasets`` (BANKING77, NLU++; Casanueva et al. 2020 and 2022, PolyAI; CC BY 4.0):
  questions of the customers of a bank and of a hotel;
- ``Few-Shot-Intent-Detection``, for its copies of HWU64 (Liu et al. 2019; CC BY 4.0) and SNIPS
  (Coucke et al. 2018; CC0): what is said to assistants.

The table depends on the lists of ``vad.sentence_words``: who changes those that make skeletons
or count verbs trains it anew.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vad.sentence import last_sentence
from vad.word_table import PLACES, STEP, places

TABLE = Path(__file__).parents[1] / "vad" / "word_table_en.bin"

_DOMAINS = ("insurance", "finance", "airline", "media", "software", "fastfood")
_ROUNDS = 4
_BATCH = 64
_RATE = 0.05
_SHRINK = 0.95
_CUTS = 4
_REPEATED = 0.2
"""Weight of a sentence that was seen before: "thank you" is said a thousand times."""

Floats = npt.NDArray[np.float64]


def utterances(folder: Path) -> Iterator[str]:
    """What customers said.

    Raises:
        OSError: A data set is not there.
    """
    splits = folder / "multi-domain-goal-oriented-dialogues-dataset/data/paper_splits/splits_annotated_at_turn_level"
    for domain in _DOMAINS:
        for line in (splits / domain / "train.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            yield from line.split("\t")[3:4]
    with (folder / "task-specific-datasets/banking_data/train.csv").open(encoding="utf-8", newline="") as file:
        yield from (row["text"] for row in csv.DictReader(file))
    spoken = sorted((folder / "task-specific-datasets/nlupp/data").glob("*/*.json"))
    yield from sorted({row["text"] for part in spoken for row in json.loads(part.read_text(encoding="utf-8"))})
    for name in ("HWU64", "SNIPS"):
        lines = folder / "Few-Shot-Intent-Detection/Datasets" / name / "train/seq.in"
        yield from lines.read_text(encoding="utf-8").splitlines()
    requests = json.loads((folder / "oos-eval/data/data_full.json").read_text(encoding="utf-8"))
    for part in ("train", "oos_train"):
        yield from (text for text, _ in requests[part])


Example = tuple[list[int], float, float, int]
"""Places, whether the sentence has ended (1 or 0), weight, number of words."""


def examples(texts: Iterable[str], random: np.random.Generator) -> Iterator[Example]:
    """Each sentence, and cuts of it."""
    seen: set[tuple[str, ...]] = set()
    for text in texts:
        words = last_sentence(text)
        if not words:
            continue
        weight = _REPEATED if words in seen else 1.0
        seen.add(words)
        yield list(places(words)), 1.0, weight, len(words)
        inner = random.permutation(len(words) - 1)[:_CUTS] + 1
        for cut in inner:
            yield list(places(words[:cut])), 0.0, weight / len(inner), int(cut)


def balanced(target: Floats, weight: Floats, count: npt.NDArray[np.int64]) -> Floats:
    """Weights with which the two kinds weigh alike at each length.

    Cuts are mostly short: without this the table would take any short answer for a beginning.
    """
    even = weight.copy()
    for length in np.unique(count):
        whole, cut = (count == length) & (target == 1), (count == length) & (target == 0)
        if whole.any() and cut.any():
            even[cut] *= weight[whole].sum() / weight[cut].sum()
    return even


def train(texts: Iterable[str]) -> Floats:
    """The weights, by adaptive gradient descent: the same for the same texts."""
    random = np.random.default_rng(0)
    spots, ended, weighed, counts = zip(*examples(texts, random), strict=True)
    where, target = np.array(spots), np.array(ended)
    weight = balanced(target, np.array(weighed), np.minimum(np.array(counts), 15))
    weights, steepness = np.zeros(PLACES), np.full(PLACES, 1e-8)
    for _ in range(_ROUNDS):
        order = random.permutation(len(where))
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            spot = where[batch]
            guess = 1 / (1 + np.exp(-weights[spot].sum(axis=1)))
            slope = np.repeat((guess - target[batch]) * weight[batch], spot.shape[1])
            np.add.at(steepness, spot.ravel(), slope * slope)
            np.add.at(weights, spot.ravel(), -_RATE * slope / np.sqrt(steepness[spot.ravel()]))
        weights *= _SHRINK
    return weights


def packed(weights: Floats) -> bytes:
    """One signed byte for each."""
    return np.clip(np.round(weights / STEP), -127, 127).astype(np.int8).tobytes()


if __name__ == "__main__":
    TABLE.write_bytes(packed(train(utterances(Path(sys.argv[1])))))
    print(f"{TABLE} written")
