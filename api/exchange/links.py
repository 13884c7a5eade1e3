"""Which operations go on with what was just made? Said in OpenAPI, so that tools can follow."""

from api.problems import Declared


def leads_to(status: int, *operations: str, name: str = "id") -> Declared:
    """Declare that these operations take what an answer calls `name`.

    Source: OpenAPI 3.1 section 4.8.20, link object.
    """
    parameters = {name: f"$response.body#/{name}"}
    return {status: {"links": {one: {"operationId": one, "parameters": parameters} for one in operations}}}
