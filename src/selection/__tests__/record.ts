import type { SelectionEstimate } from '../../api/models';
import { KEY } from '../../preview/__tests__/packed';

/** What is said of a selection of two cells. */
export function estimate(
  change: Partial<SelectionEstimate> = {}
): SelectionEstimate {
  return {
    key: KEY,
    cells: 2,
    of_cells: 4,
    genes: 1200,
    of_genes: 1200,
    unknown_genes: [],
    doubled_genes: [],
    fetch: 700_000,
    requests: 3,
    whole: 1_400_000_000,
    whole_is_cheaper: false,
    memory: { total: 600, peak: 300_000 },
    layer: '',
    notes: [],
    ...change
  };
}
