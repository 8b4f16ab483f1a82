"""The words beside the pictures: `case.yaml` files and signed consents, with dates of their day.

All people are invented. The records hold every element that the contracts ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

NECK_CASE = """\
# Words for one case. What stands here wins over the file names.
treatment: dry-needling
subject: "0042"
title: Turning the head after dry needling and fascial release
media:
  neck before.MOV:
    role: before
    view: neck rotation
    caption: "First visit: the head turns a short way and the shoulder follows."
    alt: >-
      A woman in an orange shirt turns her head to both sides. She stops after a short way,
      and one shoulder rises and moves with the turn.
  neck after.mp4:
    role: after
    view: neck rotation
    caption: "Sixth visit: the head turns to both sides and the shoulders stay level."
    alt: >-
      The same woman turns her head until her face is seen from the side, first to one side,
      then to the other. Her shoulders stay level.
  needle during.jpg:
    role: during
    view: needle
    caption: A thin needle is placed at the edge of the shoulder blade.
    alt: A hand in a blue glove holds a thin needle upright on the skin of a shoulder.
"""

SHOULDER_CASE = """\
treatment: shoulder-mobility
subject: "0203"
title: Lifting the arm to the side
channels: [web, facebook]
media:
  arm raise before.png:
    role: before
    caption: "First visit: the arm reaches shoulder height, and the shoulder hitches up."
    alt: >-
      A woman with grey hair and a green shirt lifts her left arm to shoulder height. Her
      shoulder is pulled up and her head leans towards it.
  arm raise after.jpg:
    role: after
    caption: "Ninth visit: the arm reaches overhead with the head upright."
    alt: The same woman lifts her left arm above her head. Her head is upright.
"""

_PATIENT = """\
id: {id}
kind: patient
subject: "{subject}"
signed_by: {signed_by}
signed_on: {signed_on}
expires_on: {expires_on}
channels: [{channels}]
discloser: Larkfern Physical Therapy and its marketing staff
recipients: Anyone who visits the clinic's web site or its pages on the channels named here
information: {information}
purpose: To show on the web site and on social media how the clinic's treatments are done
statements:
  right_to_revoke: true
  no_conditioning: true
  redisclosure: true
  remuneration: none
allows: {{face: true, voice: {voice}, name: false, condition: true, quote: false}}
copy_given: true
document: {document}
"""

_REVOKED = """\
revoked_on: {revoked_on}
received_at: {revoked_on}T10:15:00-05:00
"""


@dataclass(frozen=True, slots=True)
class Signer:
    """One invented person's consent. `voice` is written as YAML writes it: true or false."""

    subject: str
    signed_by: str
    channels: str
    information: str
    voice: str = "false"
    revoked: bool = False

    @property
    def id(self) -> str:
        """The record's id."""
        return f"C-{self.subject}"

    @property
    def document(self) -> str:
        """The scan that lies beside the record."""
        return f"{self.id}-authorization.jpg"


SIGNERS = (
    Signer(
        subject="0042",
        signed_by="Alma Brightwater",
        channels="web, instagram, facebook, youtube",
        information="Videos of turning the head, with face and sound; a picture of a needle",
        voice="true",
    ),
    Signer(
        subject="0117",
        signed_by="Omar Fieldstone",
        channels="web, instagram",
        information="Photographs of the posture from the side, with the face seen",
    ),
    Signer(
        subject="0203",
        signed_by="June Marlowe-Tarn",
        channels="web, facebook",
        information="Photographs of lifting the arm, with the face seen",
    ),
    Signer(
        subject="0311",
        signed_by="Tess Quillfeather",
        channels="web, instagram, facebook, google",
        information="Photographs of lifting the straight leg, with the face seen",
    ),
    Signer(
        subject="0256",
        signed_by="Tomas Ambercroft",
        channels="web, instagram",
        information="Photographs of the posture from the side, with the face seen",
        revoked=True,
    ),
    Signer(
        subject="0420",
        signed_by="Nell Hartwick",
        channels="web",
        information="Videos of lifting the arm, with the face seen and sound",
        voice="true",
    ),
)


def consent_text(signer: Signer, *, today: date) -> str:
    """A record as YAML, signed six weeks before `today` and good until next year."""
    text = _PATIENT.format(
        id=signer.id,
        subject=signer.subject,
        signed_by=signer.signed_by,
        signed_on=today - timedelta(days=42),
        expires_on=today + timedelta(days=365),
        channels=signer.channels,
        information=signer.information,
        voice=signer.voice,
        document=signer.document,
    )
    if not signer.revoked:
        return text
    return text + _REVOKED.format(revoked_on=today - timedelta(days=8))
