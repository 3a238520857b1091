from tests.collect.fixtures import founded, port, visitor

__all__ = ["founded", "port", "visitor"]
