import { toggled, whereOf, type Filter } from '../filters';
import { filtersOf } from '../read';

describe('an expression over obs', () => {
  it.each([
    ["cell_type == 'B cell'"],
    ["cell_type in ['B cell', 'T cell']"],
    ["not cell_type == 'B cell'"],
    ["cell_type != 'B cell'"],
    ["cell_type not in ['B cell', 'T cell']"],
    ["(cell_type in ['B cell', 'T cell'] or missing(cell_type))"],
    [
      "not (cell_type == 'B cell' or missing(cell_type))",
      "cell_type != 'B cell'"
    ],
    ['missing(cell_type)'],
    ['not missing(cell_type)'],
    ['is_primary_data'],
    ['not is_primary_data'],
    ['is_primary_data == False'],
    ['500 <= n_genes < 2000'],
    ['n_genes > 500'],
    ['500 <= n_genes', 'n_genes >= 500'],
    ['-1.5e-7 <= `per cent` <= 3'],
    ['within(X_umap, (0, 0), (1, 0), (1.5, -1))'],
    [
      '(within(X_umap, (0, 0), (1, 0), (1, 1)) or within(X_umap, (2, 0), (3, 0), (3, 1)))'
    ],
    ['not within(X_umap, (0, 0), (1, 0), (1, 1))'],
    ["`cell``s in` == 'O\\'Neil \\\\ \"x\"'"],
    ["`größe %` == 'ä'"],
    ["größe == 'ä' and tissue != 'lung' and n_genes >= 3"],
    ["((cell_type == 'B cell'))", "cell_type == 'B cell'"]
  ])('%s is understood and said again', (text, again = text) => {
    const filters = filtersOf(text);
    expect(filters.map(({ kind }) => kind)).not.toContain('expression');
    expect(whereOf(filters)).toBe(again);
  });

  it.each([
    ["cell_type == 'B cell' or n_genes > 3"],
    ["cell_type == 'B cell"],
    ["cell_type = 'B cell'"],
    ['n_genes >'],
    ['and'],
    ["(cell_type == 'B cell'"],
    ["cell_type == 'B cell')"],
    ['x > y'],
    ['n == 3'],
    ['within(X_umap, (0, 0), (1, 0))'],
    ["cell_type in ['B cell' 'T cell']"],
    ['cell_type in []']
  ])('%s stays as it was written', text => {
    expect(filtersOf(text)).toEqual([{ kind: 'expression', text }]);
    expect(whereOf(filtersOf(text))).toBe(text);
  });

  it('keeps what is understood beside what is not', () => {
    const text = "(a == 3 or b == 'x') and tissue == 'lung'";
    const filters = filtersOf(text);
    expect(filters).toEqual([
      { kind: 'expression', text: "a == 3 or b == 'x'" },
      {
        kind: 'values',
        column: 'tissue',
        values: ['lung'],
        missing: false,
        not: false
      }
    ]);
    expect(whereOf(filters)).toBe(text);
    expect(filtersOf(' ')).toEqual([]);
    expect(whereOf([])).toBe('');
  });
});

describe('clicks on values', () => {
  const text = (filters: readonly Filter[]): string => whereOf(filters);

  it('want them one by one, and no more', () => {
    let filters = toggled([], 'kind', 'B', false, false);
    expect(text(filters)).toBe("kind == 'B'");
    filters = toggled(filters, 'kind', 'T', false, false);
    filters = toggled(filters, 'kind', null, false, false);
    expect(text(filters)).toBe("(kind in ['B', 'T'] or missing(kind))");
    filters = toggled(filters, 'kind', 'B', false, false);
    filters = toggled(filters, 'kind', null, false, false);
    filters = toggled(filters, 'kind', 'T', false, false);
    expect(filters).toEqual([]);
  });

  it('leave them out, but not the cells without a value', () => {
    const some = toggled([], 'kind', 'B', true, false);
    expect(text(some)).toBe("not kind == 'B'");
    const all = toggled([], 'kind', 'B', true, true);
    expect(text(all)).toBe("kind != 'B'");
    expect(text(toggled(all, 'kind', 'T', true, true))).toBe(
      "kind not in ['B', 'T']"
    );
    expect(toggled(all, 'kind', 'B', true, true)).toEqual([]);
  });

  it('begin anew where others were left out', () => {
    const out = toggled([], 'kind', 'B', true, true);
    expect(text(toggled(out, 'kind', 'T', false, true))).toBe("kind == 'T'");
  });
});
