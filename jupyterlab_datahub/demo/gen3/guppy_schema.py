"""The schema of guppy, in GraphQL's own language, as guppy itself makes it."""

from __future__ import annotations

from functools import cache

from graphql import GraphQLSchema, build_schema

from jupyterlab_datahub.demo.gen3.guppy_index import FIELDS, NUMBER

COMMON = """
scalar JSON
enum Accessibility { all accessible unaccessible }
enum Format { json tsv csv }
type BucketsForString { key: String count: Int }
type BucketsForNestedMissingFields { field: String count: Int }
type BucketsForNestedTermsFields { field: String count: Int terms: [BucketsForString] }
type BucketsForNestedStringAgg {
  key: String
  count: Int
  missingFields: [BucketsForNestedMissingFields]
  termsFields: [BucketsForNestedTermsFields]
}
type BucketsForNestedNumberAgg {
  key: [Float]
  min: Float
  max: Float
  avg: Float
  sum: Float
  count: Int
  missingFields: [BucketsForNestedMissingFields]
  termsFields: [BucketsForNestedTermsFields]
}
type RegularAccessHistogramForString {
  _totalCount: Int
  _cardinalityCount(precision_threshold: Int = 3000): Int
  histogram: [BucketsForNestedStringAgg]
  asTextHistogram: [BucketsForNestedStringAgg]
}
type RegularAccessHistogramForNumber {
  _totalCount: Int
  _cardinalityCount(precision_threshold: Int = 3000): Int
  histogram(rangeStart: Int, rangeEnd: Int, rangeStep: Int, binCount: Int):
    [BucketsForNestedNumberAgg]
  asTextHistogram: [BucketsForNestedStringAgg]
}
"""
ARGUMENTS = (
    "offset: Int, first: Int, filter: JSON, sort: JSON, accessibility: Accessibility = all, "
    "format: Format = json"
)
OF_AGGREGATION = (
    "filter: JSON, filterSelf: Boolean = true, nestedAggFields: JSON, "
    "accessibility: Accessibility = all"
)


OF_QUERY = ("_aggregation: Aggregation", "_mapping: Mapping")


@cache
def schema() -> GraphQLSchema:
    """Return the schema; what resolves it is the root value of each query."""
    names = list(FIELDS)
    parts = [
        COMMON,
        _type("Query", [*(f"{name}({ARGUMENTS}): [{name.title()}]" for name in names), *OF_QUERY]),
        _type(
            "Aggregation",
            [f"{name}({OF_AGGREGATION}): {name.title()}Aggregation" for name in names],
        ),
        _type("Mapping", [f"{name}(searchInput: String): [String]" for name in names]),
    ]
    for name in names:
        fields = FIELDS[name].items()
        parts.append(_type(name.title(), [f"{field}: {kind}" for field, kind in fields]))
        histograms = [f"{field}: {_histogram(kind)}" for field, kind in fields]
        parts.append(_type(f"{name.title()}Aggregation", ["_totalCount: Int", *histograms]))
    return build_schema("\n".join(parts))


def _type(name: str, fields: list[str]) -> str:
    return "\n  ".join([f"type {name} {{", *fields]) + "\n}"


def _histogram(kind: str) -> str:
    return f"RegularAccessHistogramFor{'Number' if kind == NUMBER else 'String'}"
