"""scikit-learn's handwritten digits (1797 images of 8 x 8), split once and for all, with wrong labels among the training ones."""
import functools
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

TRAIN, VALIDATION = 1000, 297           # the other 500 are the test split
WRONG = 0.4


@dataclass(frozen=True)
class Split:
    """images: [examples, 64], float32, 0 to 1. labels: [examples], 0 to 9."""

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Data:
    train: Split                        # 40 % of the labels are wrong
    validation: Split                   # right labels: radii and the learning rate are chosen on it
    test: Split                         # right labels: only for the table and the pictures


@functools.cache
def splits() -> tuple[Split, Split, Split]:
    """Training, validation and test, all with right labels."""
    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)
    x, x_test, y, y_test = train_test_split(images, labels, train_size=TRAIN + VALIDATION, stratify=labels, random_state=0)
    x, x_validation, y, y_validation = train_test_split(x, y, train_size=TRAIN, stratify=y, random_state=0)
    return Split(x, y), Split(x_validation, y_validation), Split(x_test, y_test)


def load(seed: int) -> Data:
    """The same images in the same splits for every seed; the seed draws which training labels are wrong, and how."""
    train, validation, test = splits()
    return Data(Split(train.images, flipped(train.labels, seed)), validation, test)


def flipped(labels: np.ndarray, seed: int) -> np.ndarray:
    """Labels of which exactly 40 % are replaced by one of the nine others, each as likely."""
    random = np.random.default_rng([seed, 1])
    chosen = random.choice(len(labels), round(WRONG * len(labels)), replace=False)
    labels = labels.copy()
    labels[chosen] = (labels[chosen] + random.integers(1, 10, len(chosen))) % 10
    return labels
