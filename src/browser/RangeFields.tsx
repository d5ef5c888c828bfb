import { useId, useState, type ReactElement } from 'react';

import type { Range } from '../api/models';
import { useSidebar } from './context';
import type { RangeName } from './query';
import { formatAmount, parseAmount } from './rangeText';

interface IProps {
  readonly name: RangeName;
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}

type Bound = 'min' | 'max';

/** Two fields for the smallest and the largest number, read when left or on Enter. */
export function RangeFields({ name, range, onRange }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const errorId = useId();
  const [drafts, setDrafts] = useState<{ [bound in Bound]?: string }>({});

  const text = (bound: Bound): string =>
    drafts[bound] ?? formatAmount(range[bound], name);
  const min = parseAmount(text('min'), name);
  const max = parseAmount(text('max'), name);
  const crossed = min && max ? min > max : false;
  const unread = (['min', 'max'] as const).find(
    bound => parseAmount(text(bound), name) === undefined
  );
  const problem = unread
    ? `${trans.__('“%1” cannot be read.', text(unread).trim())} ${example(name)}`
    : crossed
      ? trans.__('The first number is larger than the second.')
      : '';

  const commit = (): void => {
    if (problem || min === undefined || max === undefined) {
      return;
    }
    // A bound that was not touched keeps its exact number, which its text may round.
    const next = {
      min: drafts.min === undefined ? range.min : min,
      max: drafts.max === undefined ? range.max : max
    };
    setDrafts({});
    if (next.min !== range.min || next.max !== range.max) {
      onRange(next);
    }
  };

  function example(of: RangeName): string {
    const examples = {
      cells: trans.__('Write a number like 5000, 10k or 1.5 M.'),
      size: trans.__('Write a size like 500 MB or 2 GB.'),
      year: trans.__('Write a year like 2024.')
    };
    return examples[of];
  }

  const field = (bound: Bound, label: string): ReactElement => (
    <label className="jp-DataHub-bound">
      <span>{label}</span>
      <input
        type="text"
        inputMode={name === 'year' ? 'numeric' : 'text'}
        value={text(bound)}
        aria-invalid={parseAmount(text(bound), name) === undefined || crossed}
        aria-describedby={errorId}
        onChange={event =>
          setDrafts({ ...drafts, [bound]: event.target.value })
        }
        onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            commit();
          }
        }}
      />
    </label>
  );

  return (
    <div className="jp-DataHub-range">
      <div className="jp-DataHub-bounds">
        {field('min', trans.__('from'))}
        {field('max', trans.__('to'))}
      </div>
      <p
        id={errorId}
        className={problem ? 'jp-DataHub-hint jp-mod-error' : 'jp-DataHub-hint'}
      >
        {problem || example(name)}
      </p>
    </div>
  );
}
