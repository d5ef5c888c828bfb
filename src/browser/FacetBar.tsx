import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { Fragment, useId, type ReactElement } from 'react';

import type { Facet, Range, RangeFacet } from '../api/models';
import { useSidebar } from './context';
import type { FindValues } from './facetFinder';
import { FacetValues } from './FacetValues';
import { filterTitle, isRange } from './filterWords';
import { RANGES, type Query, type RangeName } from './query';
import { RangeFields } from './RangeFields';

/** Those a search begins with; the others show on demand. */
const FIRST = ['organism', 'tissue', 'disease', 'assay', 'cell_type', 'cells'];

interface IProps {
  readonly facets: readonly Facet[];
  /** Numbers that the only Source can be narrowed by; null: those that all know. */
  readonly ranges: readonly RangeFacet[] | null;
  readonly query: Query;
  /** Name of the facet whose values show. */
  readonly open: string;
  readonly all: boolean;
  readonly onOpen: (name: string) => void;
  readonly onAll: (all: boolean) => void;
  readonly onToggle: (facet: string, value: string) => void;
  readonly onRange: (name: string, range: Range) => void;
  readonly find: FindValues;
}

/** The facets as a grid of folded rows; one at a time shows its values below. */
export function FacetBar(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { facets, ranges, query, open, all, onOpen, onAll } = props;
  const panelId = useId();

  const chosen = (name: string): number =>
    (query.facets[name]?.length ?? 0) + (query.ranges[name] ? 1 : 0);
  const known = facets
    .filter(({ name, values }) => name !== 'source' && values.length > 0)
    .map(({ name }) => name);
  const numbers: readonly string[] = ranges?.map(({ name }) => name) ?? RANGES;
  const names = [
    ...FIRST.filter(
      name =>
        known.includes(name) ||
        (ranges ? numbers.includes(name) : isRange(name)) ||
        (facets.length === 0 && !ranges)
    ),
    ...known.filter(name => !FIRST.includes(name)),
    ...numbers.filter(name => !FIRST.includes(name) && !known.includes(name))
  ];
  const shown = names.filter(
    name => all || FIRST.includes(name) || chosen(name) > 0 || name === open
  );
  const openFacet = facets.find(
    ({ name, values }) => name === open && values.length > 0
  );
  const openRange = ranges?.find(({ name }) => name === open);
  const groupOf = (name: string): string =>
    [...facets, ...(ranges ?? [])].find(each => each.name === name)?.group ??
    '';
  // Headings are for the many of one Source.
  const groups = all ? [...new Set(shown.map(groupOf))].sort(rank) : [''];
  const button = (name: string): ReactElement => (
    <FacetButton
      key={name}
      title={filterTitle(name, facets, trans)}
      chosen={chosen(name)}
      open={name === open}
      panelId={panelId}
      onClick={() => onOpen(name === open ? '' : name)}
    />
  );

  return (
    <div
      className="jp-DataHub-facets"
      role="group"
      aria-label={trans.__('Filters')}
    >
      <div className={`jp-DataHub-facetGrid ${all ? 'jp-mod-all' : ''}`}>
        {groups.map(group => (
          <Fragment key={group}>
            {group && <h3 className="jp-DataHub-facetGroup">{group}</h3>}
            {shown
              .filter(name => !all || groupOf(name) === group)
              .map(name => button(name))}
          </Fragment>
        ))}
        <button
          type="button"
          className="jp-DataHub-facet jp-mod-more"
          aria-expanded={all}
          onClick={() => onAll(!all)}
        >
          {all ? trans.__('Fewer filters') : trans.__('More filters')}
        </button>
      </div>
      {shown.includes(open) && (
        <div
          id={panelId}
          className="jp-DataHub-facetPanel"
          role="group"
          aria-label={filterTitle(open, facets, trans)}
        >
          {(openRange ?? (!ranges && isRange(open))) && (
            <RangeFields
              key={open}
              name={unitName(open, openRange?.unit)}
              range={query.ranges[open] ?? { min: null, max: null }}
              onRange={range => props.onRange(open, range)}
            />
          )}
          {openFacet && (
            <FacetValues
              key={open}
              facet={openFacet}
              chosen={query.facets[open] ?? []}
              onToggle={value => props.onToggle(open, value)}
              find={props.find}
            />
          )}
        </div>
      )}
    </div>
  );
}

/** Facets without a group come first. */
function rank(one: string, other: string): number {
  return Number(one !== '') - Number(other !== '');
}

/** The range that is written like this one. */
function unitName(name: string, unit: string | undefined): RangeName {
  if (isRange(name)) {
    return name;
  }
  return unit === 'bytes' ? 'size' : unit === 'year' ? 'year' : 'cells';
}

interface IFacetButtonProps {
  readonly title: string;
  readonly chosen: number;
  readonly open: boolean;
  readonly panelId: string;
  readonly onClick: () => void;
}

function FacetButton(props: IFacetButtonProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { title, chosen, open, panelId, onClick } = props;
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <button
      type="button"
      className="jp-DataHub-facet"
      aria-expanded={open}
      aria-controls={open ? panelId : undefined}
      title={title}
      onClick={onClick}
    >
      <Caret.react tag="span" className="jp-DataHub-icon" aria-hidden="true" />
      <span className="jp-DataHub-facetTitle">{title}</span>
      {chosen > 0 && (
        <span
          className="jp-DataHub-badge"
          aria-label={trans.__('%1 chosen', chosen)}
        >
          {chosen}
        </span>
      )}
    </button>
  );
}
