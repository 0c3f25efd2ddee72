"""Reading what `/metrics` says."""

from prometheus_client.parser import text_string_to_metric_families


def value(text: str, sample: str, **labels: str) -> float | None:
    """Return the value of one sample, or None where there is none."""
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            if one.name == sample and one.labels == labels:
                return one.value
    return None
