"""Colours: the paper's where it names them, apart for colour-blind readers and in grey."""

import colorsys
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from replication.architecture import HIDDEN_LAYER_NAMES, N_CLASSES
from replication.figures import palette

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
DICHROMATS = {
    "none": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TABLEAU = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"]
"""The palette that most figures of the paper's year used, for comparison."""

PALETTES = [palette.CLASS_COLOURS, tuple(palette.LAYER_COLOURS.values()), tuple(palette.ORDER_COLOURS.values())]


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(colour, vision="none"):
    """Perceptual coordinates (Ottosson 2020), the first of them lightness."""
    seen = np.clip(DICHROMATS[vision] @ linear(colour), 0, 1)
    to_cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
    to_lab = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return np.array(to_lab) @ np.cbrt(np.array(to_cones) @ seen)


def least_distance(colours, vision):
    return min(np.linalg.norm(oklab(a, vision) - oklab(b, vision)) for a, b in combinations(colours, 2))


def least_step_of_lightness(colours):
    return np.diff(sorted(oklab(colour)[0] for colour in colours)).min()


def name_of(colour):
    """Which of the colours that the paper names a colour is; None for any other."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*to_rgb(colour))
    degrees = 360 * hue
    if saturation < 0.15:
        return None
    if degrees < 30 or degrees > 345:
        return "brown" if lightness < 0.3 else "red"
    if 45 <= degrees < 75:
        return "yellow"
    return "cyan" if 180 <= degrees < 200 else None


@pytest.mark.parametrize("vision", DICHROMATS)
@pytest.mark.parametrize("colours", PALETTES)
def test_colours_keep_apart_for_every_reader(colours, vision):
    assert least_distance((*colours, "white", "black"), vision) > 0.1


@pytest.mark.parametrize("colours", PALETTES)
def test_colours_keep_apart_in_grey(colours):
    assert least_step_of_lightness(colours) > 0.045


def test_a_common_palette_fails_both_checks():
    assert least_distance(TABLEAU, "protan") < 0.01
    assert least_step_of_lightness(TABLEAU) < 0.001


def test_layers_lighten_with_depth():
    lightness = [oklab(palette.LAYER_COLOURS[layer])[0] for layer in HIDDEN_LAYER_NAMES]
    assert lightness == sorted(lightness)


def test_classes_have_the_colours_the_paper_names():
    assert len(palette.CLASS_COLOURS) == N_CLASSES
    names = {c: name_of(colour) for c, colour in enumerate(palette.CLASS_COLOURS)}
    assert {c: name for c, name in names.items() if name} == {3: "red", 5: "brown", 8: "yellow", 9: "cyan"}


def test_names_of_colours_tell_them_apart():
    named = [name_of(colour) for colour in ("red", "#8c564b", "#eedd22", "#17becf", "blue", "green", "grey")]
    assert named == ["red", "red", "yellow", "cyan", None, None, None]
    assert name_of("#542311") == "brown"


def test_harm_is_red_and_dark_and_help_blue_and_lighter():
    for colour, strongest in ((palette.HARM, 0), (palette.HELP, 2)):
        assert np.argmax(to_rgb(colour)) == strongest
    assert oklab(palette.HELP)[0] - oklab(palette.HARM)[0] > 0.1
    assert to_rgb(palette.MISCLASSIFIED) == (0, 0, 0)


def test_saturation_by_hand():
    # A pale tint at 0, the colour itself from 1 on, half of what lies between at one half.
    none, half, full, more = palette.saturated("#0000ff", [0.0, 0.5, 1.0, 7.0])
    assert full.tolist() == more.tolist() == [0, 0, 1]
    assert none.tolist() == pytest.approx([0.78, 0.78, 1])
    assert half.tolist() == pytest.approx([0.39, 0.39, 1])


def test_a_point_of_no_strength_is_not_taken_for_another_class():
    for colour in (*palette.LAYER_COLOURS.values(), palette.HARM, palette.HELP):
        pale = tuple(palette.saturated(colour, [0.0])[0])
        assert np.linalg.norm(oklab(pale) - oklab(palette.OTHER)) > 0.03
