"""What S3 and the network say when something fails, in words for a person, without secrets."""

from __future__ import annotations

from urllib.parse import urlsplit

from botocore import exceptions

from pipeline.rules.errors import ClinicmediaError, Unreachable, VerificationFailed
from pipeline.tools.storage.contract import Place

_KEYS = "Check the AWS credentials in the environment of the account that runs Clinicmedia."
_RIGHTS = (
    "Give the credentials these rights on it: s3:GetObject, s3:GetObjectVersion, s3:PutObject, "
    "s3:DeleteObject, s3:DeleteObjectVersion, s3:AbortMultipartUpload, s3:ListBucket, "
    "s3:ListBucketVersions, s3:ListBucketMultipartUploads."
)
_AGAIN = "It is tried again at the next run; look at the provider's status page if it stays so."
_OTHER_SERVICE = "`clinicmedia doctor` shows what is missing; choose another S3 service."
NO_BUCKET = "Create it, or correct `storage` in config.yaml."
_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidToken",
    "InvalidClientTokenId",
    "TokenRefreshRequired",
}
_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.TokenRetrievalError,
)


def told(error: exceptions.ClientError) -> tuple[int, str]:
    """Return the HTTP status and S3's own code of a refusal."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return int(status), str(error.response.get("Error", {}).get("Code", ""))


def plain(error: Exception, *, place: Place) -> ClinicmediaError:
    """Return our error for one of boto's."""
    if isinstance(error, exceptions.ClientError):
        return _refusal(*told(error), verb=error.operation_name, place=place)
    if isinstance(error, exceptions.FlexibleChecksumError):
        return VerificationFailed(f"An object in the bucket {place.bucket} arrived damaged.")
    if isinstance(error, _NO_CREDENTIALS):
        return Unreachable(f"There are no credentials for the bucket {place.bucket}.", remedy=_KEYS)
    return Unreachable(
        f"The storage at {_host(place)} does not answer ({type(error).__name__}).",
        remedy="Check the network and `endpoint_url`; it is tried again at the next run.",
    )


def _refusal(status: int, code: str, *, verb: str, place: Place) -> ClinicmediaError:
    bucket = f"the bucket {place.bucket} at {_host(place)}"
    kind: type[ClinicmediaError] = Unreachable
    if code == "NoSuchBucket":
        text, remedy = f"There is no bucket {place.bucket} at {_host(place)}.", NO_BUCKET
    elif code in _CREDENTIALS:
        text, remedy = f"The credentials for {bucket} were refused ({code}).", _KEYS
    elif code == "RequestTimeTooSkewed":
        text, remedy = "The clock of this machine is wrong.", "Set the clock by the network."
    elif code == "BadDigest":
        kind = VerificationFailed
        text, remedy = f"An object arrived damaged in {bucket}.", _AGAIN
    elif code in {"NotImplemented", "MethodNotAllowed"} or status == 501:
        text, remedy = f"{_host(place)} cannot do {verb} as we ask it.", _OTHER_SERVICE
    elif status in (401, 403):
        text = f"The credentials may not do {verb} in {bucket}, or are not valid."
        remedy = _RIGHTS
    else:
        text, remedy = f"Storing in {bucket} failed: {verb} {status} {code}.", _AGAIN
    return kind(text, remedy=remedy)


def _host(place: Place) -> str:
    """Name the service without what an address may hold of secrets."""
    return urlsplit(place.endpoint_url).hostname or "AWS" if place.endpoint_url else "AWS"
