"""Questions to the broker that the driver does not have: version 10 of Metadata, and version 3 of DescribeGroups.

Both tell what we may do with what we ask about; the first one also tells topics of one name apart.
"""

from collections.abc import Iterable
from io import BytesIO

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    AbstractType,
    Array,
    Boolean,
    Bytes,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    String,
    TaggedFields,
)

TEXT = String("utf-8")
COMPACT = CompactString("utf-8")
TAGS = ("tags", TaggedFields)

NO_ID = bytes(16)


class Identifier(AbstractType[bytes]):  # type: ignore[misc]  # aiokafka has no types
    """A UUID: sixteen bytes as they are."""

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        """See aiokafka."""
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        """See aiokafka."""
        return data.read(len(NO_ID))


class TopicsAnswer(Response):  # type: ignore[misc]
    """Metadata, version 10."""

    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", CompactArray(("node_id", Int32), ("host", COMPACT), ("port", Int32), ("rack", COMPACT), TAGS)),
        ("cluster_id", COMPACT),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", COMPACT),
                ("topic_id", Identifier),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        TAGS,
                    ),
                ),
                ("authorized_operations", Int32),
                TAGS,
            ),
        ),
        ("cluster_authorized_operations", Int32),
        TAGS,
    )


class TopicsQuestion(RequestStruct):  # type: ignore[misc]
    """Metadata, version 10."""

    API_KEY = 3
    API_VERSION = 10
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = TopicsAnswer
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", Identifier), ("name", COMPACT), TAGS)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        TAGS,
    )


class AskTopics(Request[TopicsQuestion]):  # type: ignore[misc]
    """About topics, by their names, with what we may do with each."""

    API_KEY = 3

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = list(topics)

    def build(self, request_struct_class: type[TopicsQuestion]) -> TopicsQuestion:
        """See aiokafka."""
        return request_struct_class([(NO_ID, name, {}) for name in self.topics], False, False, True, {})


class GroupAnswer(Response):  # type: ignore[misc]
    """DescribeGroups, version 3."""

    API_KEY = 15
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "groups",
            Array(
                ("error_code", Int16),
                ("group", TEXT),
                ("state", TEXT),
                ("protocol_type", TEXT),
                ("protocol", TEXT),
                (
                    "members",
                    Array(
                        ("member_id", TEXT),
                        ("client_id", TEXT),
                        ("client_host", TEXT),
                        ("member_metadata", Bytes),
                        ("member_assignment", Bytes),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
    )


class GroupQuestion(RequestStruct):  # type: ignore[misc]
    """DescribeGroups, version 3."""

    API_KEY = 15
    API_VERSION = 3
    RESPONSE_TYPE = GroupAnswer
    SCHEMA = Schema(("groups", Array(TEXT)), ("include_authorized_operations", Boolean))


class AskGroup(Request[GroupQuestion]):  # type: ignore[misc]
    """About a group, with what we may do with it."""

    API_KEY = 15

    def __init__(self, group: str) -> None:
        self.group = group

    def build(self, request_struct_class: type[GroupQuestion]) -> GroupQuestion:
        """See aiokafka."""
        return request_struct_class([self.group], True)
