import type { TranslationBundle } from '@jupyterlab/translation';

import type { DataHubClient } from '../api/client';
import type { Selection, SelectionEstimate } from '../api/models';
import { StateModel } from '../browser/stateModel';
import { decodeMask } from '../preview/decode';
import {
  replaced,
  toggled,
  whereOf,
  type Clicked,
  type Filter
} from './filters';
import { genesOf, withGenes } from './geneList';
import { Latest } from './latest';
import { onlyBy } from './only';
import { filtersOf } from './read';

/** What is chosen of a file; a new object after each change. */
export interface ISelectionState {
  readonly selection: Selection;
  /** The expression of the selection, as filters. */
  readonly filters: readonly Filter[];
  /** Genes that were given more than once. */
  readonly doubled: readonly string[];
  /** What the selection has in it, or one before it had where it is `waiting`. */
  readonly estimate: SelectionEstimate | null;
  /** Whether an answer is on its way. */
  readonly waiting: boolean;
  /** Why there is no answer. */
  readonly error: unknown;
  /** Zero for each point of the picture that is not chosen; null where all are. */
  readonly mask: Uint8Array | null;
}

/** What the picture shows, whose points are to be told apart. */
export interface IShown {
  readonly embedding: string;
  readonly key: string;
  readonly points: number;
  /** The column whose values the colours tell apart; empty where they do not. */
  readonly by: string;
}

type Asked = Pick<DataHubClient, 'selection' | 'selectionPoints'>;

const NOTHING: Selection = { where: '', genes: [], layer: '', symbols: false };
const EMPTY: ISelectionState = {
  selection: NOTHING,
  filters: [],
  doubled: [],
  estimate: null,
  waiting: false,
  error: null,
  mask: null
};

/** Which cells and genes of a file are chosen, and what the server says of it. */
export class SelectionModel extends StateModel<ISelectionState> {
  constructor(
    readonly ref: string,
    private readonly _client: Asked,
    private readonly _trans: TranslationBundle
  ) {
    super(EMPTY);
  }

  /** Whether anything is chosen at all. */
  get isEmpty(): boolean {
    return isEmpty(this._state.selection);
  }

  override dispose(): void {
    super.dispose();
    this._estimate.stop();
    this._points.stop();
  }

  /** Choose all again. */
  reset(): void {
    this._state = EMPTY;
    this._ask();
  }

  /** Choose cells by an expression as somebody wrote it. */
  setWhere(where: string): void {
    this._choose({ where }, filtersOf(where));
  }

  /** Choose cells by filters. */
  setFilters(filters: readonly Filter[]): void {
    this._choose({ where: whereOf(filters) }, filters);
  }

  /** Put a filter in place of another; either may be none. */
  replace(known: Filter | null, next: Filter | null): void {
    this.setFilters(replaced(this._state.filters, known, next));
  }

  /** Want a value of a column, or leave it out; no more where that was said already. */
  toggle(
    column: string,
    clicked: Clicked,
    not: boolean,
    complete: boolean
  ): void {
    const { filters } = this._state;
    this.setFilters(toggled(filters, column, clicked, not, complete));
  }

  /** Add the genes of a text. */
  addGenes(text: string): void {
    const list = withGenes(this._state.selection.genes, genesOf(text));
    this._state = { ...this._state, doubled: list.doubled };
    this._choose({ genes: [...list.genes] });
  }

  /** Have these genes alone. */
  setGenes(genes: readonly string[], doubled: readonly string[] = []): void {
    this._state = { ...this._state, doubled };
    this._choose({ genes: [...genes] });
  }

  setMatrix(change: Partial<Pick<Selection, 'layer' | 'symbols'>>): void {
    this._choose(change);
  }

  /** Say what the picture shows, whose points are then told apart. */
  show(shown: IShown | null): void {
    const known = this._shown;
    this._shown = shown;
    if (
      known?.embedding !== shown?.embedding ||
      known?.key !== shown?.key ||
      known?.points !== shown?.points
    ) {
      this._update({ mask: null });
      this._askPoints();
    } else if (known?.by !== shown?.by) {
      this._askPoints();
    }
  }

  /** Ask again what could not be answered. */
  retry(): void {
    this._ask();
  }

  private _choose(
    change: Partial<Selection>,
    filters: readonly Filter[] = this._state.filters
  ): void {
    const selection = { ...this._state.selection, ...change };
    this._state = { ...this._state, selection, filters };
    this._ask();
  }

  private _ask(): void {
    if (this.isEmpty) {
      this._estimate.stop();
      this._update({ estimate: null, waiting: false, error: null });
    } else {
      this._update({ waiting: true, error: null });
      this._estimate.ask(
        signal =>
          this._client.selection(this.ref, this._state.selection, signal),
        estimate => this._update({ estimate, waiting: false, error: null }),
        error => this._update({ error, waiting: false })
      );
    }
    this._askPoints();
  }

  private _askPoints(): void {
    const { filters, selection } = this._state;
    const shown = this._shown;
    if (
      !shown ||
      !selection.where.trim() ||
      // The colours tell the points apart already, and at once.
      filters.every(filter => onlyBy(filter, shown.by))
    ) {
      this._points.stop();
      this._update({ mask: null });
      return;
    }
    this._points.ask(
      async signal =>
        decodeMask(
          await this._client.selectionPoints(
            this.ref,
            { ...NOTHING, where: selection.where },
            shown.embedding,
            signal
          ),
          shown,
          this._trans
        ),
      mask => this._update({ mask }),
      // Whatever is wrong with the selection is said of its numbers.
      () => this._update({ mask: null })
    );
  }

  private _shown: IShown | null = null;
  private readonly _estimate = new Latest<SelectionEstimate>();
  private readonly _points = new Latest<Uint8Array>();
}

/** Whether a selection is all of a file as it is. */
export function isEmpty({ where, genes, layer, symbols }: Selection): boolean {
  return !where.trim() && genes.length === 0 && !layer && !symbols;
}
