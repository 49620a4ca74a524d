"""What aiokafka raises, as our own errors: by who can mend it and whether a retry helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka import errors as kafka

from banso_common.errors import BansoError, Fenced, SettingsError, TooLarge, Unavailable

LOST_MEMBERSHIP = (
    kafka.CommitFailedError,
    kafka.IllegalGenerationError,
    kafka.UnknownMemberIdError,
    kafka.RebalanceInProgressError,
    kafka.IllegalStateError,
)
WRONG_SETTINGS = (
    kafka.AuthenticationFailedError,
    kafka.AuthenticationMethodNotSupported,
    kafka.SaslAuthenticationFailed,
    kafka.UnsupportedSaslMechanismError,
    kafka.TopicAuthorizationFailedError,
    kafka.GroupAuthorizationFailedError,
    kafka.ClusterAuthorizationFailedError,
    kafka.InvalidReplicationFactorError,
    kafka.InvalidSessionTimeoutError,
    kafka.InvalidTopicError,
    kafka.InvalidConfigurationError,
    kafka.PolicyViolationError,
    kafka.IncompatibleBrokerVersion,
)
TOO_LARGE = (kafka.MessageSizeTooLargeError, kafka.RecordListTooLargeError)
AWAY = (kafka.KafkaError, kafka.ConsumerStoppedError, kafka.IllegalOperation, OSError, TimeoutError)


def named(fault: Exception) -> BansoError:
    """`fault` as one of ours; what is not known better counts as a broker that is away."""
    if isinstance(fault, LOST_MEMBERSHIP):
        return Fenced(f"Kafka: {fault}")
    if isinstance(fault, WRONG_SETTINGS):
        return SettingsError(f"Kafka refuses us: {fault}")
    if isinstance(fault, TOO_LARGE):
        return TooLarge("too_large", f"Kafka refuses a record for its size: {fault}")
    return Unavailable(f"Kafka: {str(fault) or type(fault).__name__}")


@contextmanager
def our_faults() -> Iterator[None]:
    """Inside, aiokafka's errors leave as ours."""
    try:
        yield
    except AWAY as fault:
        raise named(fault) from fault
