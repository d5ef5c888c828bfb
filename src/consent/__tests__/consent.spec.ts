import { configure, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { fromResponse, type DataHubError } from '../../api/errors';
import { trans } from '../../api/__tests__/server';
import type { Cost } from '../../api/models';
// Loaded when it is first needed, which a test need not wait for.
import '../dialog';
import { isShort, offered, problemOf, ratesWords } from '../money';
import { payer } from '../pay';
import { partsOf, payerOfSeveral, sumOf } from '../together';

configure({ asyncUtilTimeout: 4000 });

const COST: Cost = {
  usd: 0.9,
  bytes: 1e10,
  usd_per_gb: 0.09,
  price_date: '2026-06',
  files: 1,
  paid_usd: 0
};

/** What the server answers where nobody has agreed to pay. */
function refusal(cost: Cost): DataHubError {
  const error = {
    code: 'consent',
    message: 'It is paid for by whoever fetches it',
    source: 's3',
    hint: '',
    retry_after: null,
    fields: [],
    cost
  };
  const response = new Response('', { status: 402 });
  return fromResponse(trans, response, JSON.stringify({ error }));
}

describe('limits', () => {
  it('are offered with a margin, in cents', () => {
    expect(offered(COST)).toBe('0.99');
    expect(offered({ ...COST, usd: 0.00006 })).toBe('0.01');
    expect(offered({ ...COST, usd: 0 })).toBe('0.00');
    expect(offered({ ...COST, usd: null })).toBe('');
    expect(offered({ ...COST, paid_usd: 2 })).toBe('2.99');
  });

  it('are amounts of money that suffice to begin', () => {
    for (const [text, wrong] of [
      ['', 'Enter an amount'],
      ['much', 'Enter an amount'],
      ['-1', 'Enter an amount'],
      ['1e9', 'Enter an amount'],
      ['0', 'more than 0']
    ]) {
      expect(problemOf(text, COST, trans)).toContain(wrong);
    }
    expect(problemOf('0,5', COST, trans)).toBe('');
    expect(problemOf('0', { ...COST, usd: 0 }, trans)).toBe('');
    expect(problemOf('1', { ...COST, paid_usd: 1 }, trans)).toContain(
      'spent already'
    );
    expect(isShort('0.5', COST)).toBe(true);
    expect(isShort('0.9', COST)).toBe(false);
  });

  it('come with what the price is made of', () => {
    expect(
      ratesWords({ ...COST, files: 3 }, trans).replace(/\u00a0/g, ' ')
    ).toBe('3 files, 10 GB at 0.09 USD per GB, prices of 2026-06');
  });
});

describe('what costs money', () => {
  const pay = payer(trans);
  let limits: (number | undefined)[];

  beforeEach(() => {
    limits = [];
  });

  /** Refuses below some limit. */
  const begin = (limit?: number): Promise<string> => {
    limits.push(limit);
    return limit === undefined || limit < 0.5
      ? Promise.reject(refusal(COST))
      : Promise.resolve('begun');
  };

  const field = (): Promise<HTMLInputElement> =>
    screen.findByLabelText<HTMLInputElement>(/Limit in USD/);

  it('begins again with the limit that its user agrees to', async () => {
    const begun = pay('cells.csv', begin);
    expect((await field()).value).toBe('0.99');
    expect(screen.getByText(/at most 0\.90.USD/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: /^Pay up to/ }));
    expect(await begun).toBe('begun');
    expect(limits).toEqual([undefined, 0.99]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is not begun where its user closes the question', async () => {
    const begun = pay('cells.csv', begin);
    await field();
    await userEvent.keyboard('{Escape}');
    expect(await begun).toBeNull();
    expect(limits).toEqual([undefined]);
  });

  it('keeps what was typed where it is refused', async () => {
    const begun = pay('cells.csv', begin);
    await userEvent.clear(await field());
    await userEvent.click(screen.getByRole('button', { name: /^Pay and/ }));
    expect(limits).toEqual([undefined]);
    expect(screen.getByRole('alert').textContent).toContain('Enter an amount');
    await userEvent.type(await field(), '0.2{Enter}');
    await waitFor(() => expect(limits).toEqual([undefined, 0.2]));
    expect((await field()).value).toBe('0.2');
    expect(screen.getByRole('alert').textContent).toContain('paid for');
    await userEvent.clear(await field());
    await userEvent.type(await field(), '0.6{Enter}');
    expect(await begun).toBe('begun');
  });

  it('asks one question after the other', async () => {
    const both = [pay('one', begin), pay('two', begin)];
    await field();
    expect(screen.getAllByRole('dialog')).toHaveLength(1);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.getByText(/“two”/)).toBeTruthy());
    await userEvent.keyboard('{Escape}');
    expect(await Promise.all(both)).toEqual([null, null]);
  });

  it('asks once for several, which share the limit by their prices', async () => {
    const several = payerOfSeveral(pay, trans);
    const given: (number | undefined)[] = [];
    const paid =
      (usd: number) =>
      (limit?: number): Promise<string> => {
        given.push(limit);
        return limit === undefined
          ? Promise.reject(refusal({ ...COST, usd, bytes: usd * 1e9 }))
          : Promise.resolve(`${usd}`);
      };
    const begun = several(
      numbers => `${numbers.length} datasets`,
      [paid(3), () => Promise.resolve('free'), paid(1)]
    );
    expect((await field()).value).toBe('4.40');
    expect(screen.getByText(/^2 datasets: whoever fetches/)).toBeTruthy();
    expect(screen.getByText(/at most 4\.00.USD/)).toBeTruthy();
    await userEvent.clear(await field());
    await userEvent.type(await field(), '2{Enter}');
    expect(await begun).toEqual(['3', 'free', '1']);
    expect(given).toEqual([undefined, undefined, 1.5, 0.5]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('begins what is free where its user agrees to nothing', async () => {
    const several = payerOfSeveral(pay, trans);
    const begun = several(
      () => 'two',
      [begin, begin, () => Promise.resolve('free')]
    );
    await field();
    await userEvent.keyboard('{Escape}');
    expect(await begun).toEqual([null, null, 'free']);
  });

  it('shares no more than the limit, and counts what was paid', () => {
    const costs = [
      { ...COST, usd: 1, paid_usd: 0.5 },
      { ...COST, usd: 2 },
      { ...COST, usd: 0.7 }
    ];
    expect(sumOf(costs).usd).toBeCloseTo(3.7);
    const parts = partsOf(1.11, costs);
    expect(parts[0]).toBeGreaterThan(0.5);
    expect(parts.reduce((all, part) => all + part, 0)).toBeLessThanOrEqual(
      1.11
    );
    const unknown = [COST, { ...COST, usd: null, usd_per_gb: 0.02 }];
    expect(sumOf(unknown)).toMatchObject({ usd: null, usd_per_gb: null });
    expect(partsOf(1, unknown)).toEqual([0.5, 0.5]);
  });

  it('leaves other errors alone', async () => {
    const error = new Error('other');
    await expect(pay('x', () => Promise.reject(error))).rejects.toBe(error);
  });
});
