"""What a client asks of a picture: numbers that nothing can be computed with are refused by name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mig_idg.errors import InvalidParameter
from mig_idg.ogc.raster import parameters


@pytest.mark.parametrize("value", ["0", "-1", "5e-324", "1e300", "nan", "inf", "abc", "1,2"])
def test_a_scale_beyond_reason_is_refused_by_name(value: str) -> None:
    request: Any = SimpleNamespace(query={"scale-factor": value})
    with pytest.raises(InvalidParameter) as caught:
        parameters.positive(request, "scale-factor")
    assert caught.value.extra["parameter"] == "scale-factor"


@pytest.mark.parametrize("value", ["0.5", "25000", "1e6"])
def test_a_reasonable_scale_is_read(value: str) -> None:
    request: Any = SimpleNamespace(query={"scale-factor": value})
    assert parameters.positive(request, "scale-factor") == float(value)
