"""The still pictures: pairs before and after, a hand that places a needle, all as plain images."""

from __future__ import annotations

from easel import Easel, Point, Shade, box, ellipse, limb, spline
from figures import ALMA, JUNE, OMAR, TESS, Stance, draw_front
from heads import Person
from PIL import Image
from rooms import (
    draw_exercise_room,
    draw_posture_wall,
    draw_quiet_room,
    draw_treatment_room,
)
from sides import Side, draw_side

GLOVE, GLOVE_SHADE = "#7fb3d0", "#4a86a8"


def draw_posture(person: Person, *, upright: float, scale: float) -> Image.Image:
    """Somebody from the side before a posture grid: 1200 x 1600 at scale 1."""
    easel = draw_posture_wall((1200, 1600), scale=scale)
    easel.shadow(ellipse((640, 1502), 190, 20), "#7c6443", blur=14, strength=0.7)
    draw_side(easel, person, Side(upright=upright), at=(600, 1496), size=91)
    return easel.image


def draw_arm_raise(*, degrees: float, hitch: float, scale: float) -> Image.Image:
    """Somebody from the front who lifts one arm sideways: 1500 x 2000 at scale 1."""
    easel = draw_exercise_room((1500, 2000), scale=scale)
    stance = Stance(yaw=6, roll=-16 * hitch, arms=(5, degrees), lift=(0.0, hitch))
    draw_front(easel, JUNE, stance, at=(560, 1000), size=128)
    return easel.image


def draw_leg_raise(*, degrees: float, scale: float) -> Image.Image:
    """Somebody who lies on a table and lifts a straight leg: 1600 x 1200 at scale 1."""
    easel = draw_quiet_room((1600, 1200), scale=scale)
    easel.shape(
        spline([(190, 790), (200, 752), (300, 744), (420, 752), (428, 790), (300, 796)]),
        "#fdfcf8",
        shades=[Shade("#c9c6ba", (4, 14), 10)],
    )
    draw_side(easel, TESS, Side(raised_deg=degrees, turn=-90), at=(1290, 716), size=66)
    return easel.image


def draw_neck_turn(*, yaw: float, hitch: float, scale: float) -> Image.Image:
    """A still of somebody who turns the head: 720 x 1280 at scale 1."""
    easel = draw_treatment_room((720, 1280), scale=scale)
    stance = Stance(yaw=yaw, roll=12 * hitch, lift=(0.0, hitch), twist=2 * hitch)
    draw_front(easel, OMAR, stance, at=(360, 505), size=140)
    return easel.image


def draw_needle(*, scale: float) -> Image.Image:
    """A gloved hand that places a thin needle in a shoulder: 1600 x 1200 at scale 1."""
    easel = draw_quiet_room((1600, 1200), scale=scale)
    easel.blur(9)
    _shoulder(easel)
    spot = (690.0, 792.0)
    shadow = spline([(640, 800), (900, 790), (1250, 870), (1300, 960), (960, 940), (700, 850)])
    easel.shadow(shadow, ALMA.skin_shade, blur=30, strength=0.75)
    _sleeve(easel)
    dark = Shade(GLOVE_SHADE, (20, 22), 20, 0.9)
    folded = (
        ([(1130, 480), (1085, 620), (1080, 740), (1095, 830)], [104, 96, 84, 58]),
        ([(1050, 440), (975, 570), (955, 700), (965, 806)], [112, 102, 90, 62]),
        ([(980, 400), (880, 500), (845, 640), (842, 770)], [116, 106, 92, 62]),
    )
    for joints, widths in folded:
        easel.shape(limb(joints, widths), GLOVE, shades=[dark])
    palm = [
        (1270, 250),
        (1120, 230),
        (960, 300),
        (900, 390),
        (930, 480),
        (1010, 560),
        (1140, 580),
        (1270, 520),
        (1360, 390),
    ]
    easel.shape(spline(palm), GLOVE, shades=[Shade(GLOVE_SHADE, (40, 46), 40, 0.9)])
    _needle(easel, spot)
    index = limb([(985, 330), (850, 352), (758, 440), (712, 556)], [128, 112, 94, 60])
    thumb = limb([(1060, 520), (930, 560), (820, 585), (738, 580)], [136, 118, 100, 62])
    easel.shape(thumb, GLOVE, shades=[dark])
    easel.shape(index, GLOVE, shades=[dark])
    for crease in ([(842, 318), (868, 356), (872, 392)], [(758, 412), (786, 442), (800, 470)]):
        easel.line(spline(crease, closed=False), GLOVE_SHADE, width=7, opacity=0.55)
    shine = [(930, 306), (850, 322), (782, 376)]
    easel.shadow(limb(shine, [10, 16, 8]), "#ffffff", blur=6, strength=0.55)
    return easel.image


def _shoulder(easel: Easel) -> None:
    """The skin of a shoulder and upper back, with a towel over the rest."""
    skin = [
        (-60, 800),
        (120, 720),
        (380, 720),
        (690, 790),
        (1050, 850),
        (1350, 880),
        (1680, 1000),
        (1680, 1320),
        (-60, 1320),
    ]
    easel.shape(
        spline(skin), ALMA.skin, lower="#d9a17f", shades=[Shade("#f7d6bd", (0, -50), 50, 0.8)]
    )
    blade = spline([(350, 900), (560, 860), (800, 920), (900, 1040)], closed=False)
    easel.shadow(limb(blade, [10, 40, 46, 10]), ALMA.skin_shade, blur=26, strength=0.5)
    towel = [
        (-60, 1010),
        (300, 1040),
        (760, 1120),
        (1250, 1110),
        (1680, 1060),
        (1680, 1320),
        (-60, 1320),
    ]
    easel.shadow([(x, y - 18) for x, y in towel], ALMA.skin_shade, blur=20, strength=0.7)
    easel.shape(
        spline(towel), "#f4f1e8", lower="#cfd9d4", shades=[Shade("#ffffff", (0, -14), 14, 0.9)]
    )
    for x in (180, 520, 980, 1380):
        fold = spline([(x, 1085), (x + 50, 1140), (x + 30, 1230)], closed=False)
        easel.shadow(limb(fold, [6, 18, 8]), "#9fb0a9", blur=9, strength=0.6)


def _sleeve(easel: Easel) -> None:
    """The forearm and the cuff of the glove, from the upper right."""
    arm = limb([(1760, 40), (1500, 180), (1300, 340)], [360, 310, 230])
    easel.shape(arm, "#2f6f72", shades=[Shade("#1f5154", (30, 60), 50, 0.9)])
    cuff = limb([(1440, 230), (1330, 310), (1230, 390)], [262, 250, 250])
    easel.shape(cuff, GLOVE, shades=[Shade(GLOVE_SHADE, (34, 50), 34, 0.9)])
    roll = limb([(1400, 118), (1470, 226), (1508, 350)], [26, 28, 26])
    easel.shape(roll, "#8fc0da", shades=[Shade(GLOVE_SHADE, (8, 8), 8)])


def _needle(easel: Easel, spot: Point) -> None:
    """A fine needle with a coiled handle, upright in the skin."""
    x, y = spot
    top = (x + 42, y - 340)
    grip = (x + 22, y - 168)
    easel.shadow(ellipse((x + 4, y + 4), 26, 9), "#b4624f", blur=7, strength=0.55)
    easel.line([grip, (x, y)], "#8d98a1", width=6)
    easel.line([(grip[0] - 1, grip[1]), (x - 1, y)], "#e9eef1", width=2.4)
    easel.line([top, grip], "#b8763e", width=15)
    for step in range(18):
        part = step / 17
        cx, cy = top[0] + (grip[0] - top[0]) * part, top[1] + (grip[1] - top[1]) * part
        easel.line([(cx - 7, cy + 2), (cx + 7, cy - 2)], "#e3b183", width=3.2)
    easel.shape(box(top[0] - 11, top[1] - 14, 22, 16, radius=7), "#d9774f")
