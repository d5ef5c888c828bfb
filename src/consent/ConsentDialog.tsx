import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState, type ReactElement } from 'react';

import { asErrorBody } from '../api/errors';
import type { Cost } from '../api/models';
import { errorSentences } from '../api/sentences';
import { useAttempt } from '../browser/useAttempt';
import { Field } from '../modal/Field';
import { FormActions } from '../modal/FormActions';
import { amountOf, isShort, offered, problemOf, ratesWords } from './money';
import { formatUsd } from './usd';

interface IProps {
  readonly title: string;
  readonly cost: Cost;
  readonly trans: TranslationBundle;
  /** Asks again, with a limit in USD. */
  readonly onAgree: (limit: number) => Promise<void>;
  readonly onClose: () => void;
}

/** Who pays, how much at most, and the limit that nothing goes beyond. */
export function ConsentDialog(props: IProps): ReactElement {
  const { title, trans, onAgree, onClose } = props;
  const { busy, error, attempt } = useAttempt();
  const problem = error === null ? null : asErrorBody(error, trans);
  // A price may have changed since it was shown.
  const cost = problem?.cost ?? props.cost;
  const [text, setText] = useState(() => offered(cost));
  const [left, setLeft] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const wrong = problemOf(text, cost, trans);
  const limit = amountOf(text);
  const submit = (): void => {
    setLeft(true);
    if (!wrong && limit !== null && !busy) {
      void attempt(() => onAgree(limit));
    } else {
      field.current?.focus();
    }
  };
  return (
    <div className="jp-DataHub-modalBody">
      <form
        className="jp-DataHub-form"
        aria-label={trans.__('What it may cost')}
        noValidate
        onSubmit={event => {
          event.preventDefault();
          submit();
        }}
      >
        <Price title={title} cost={cost} trans={trans} />
        <Field
          label={trans.__('Limit in USD')}
          hint={
            !wrong && isShort(text, cost)
              ? trans.__(
                  'This is less than all of it may cost: it pauses on the way, and goes on once you raise the limit.'
                )
              : trans.__(
                  'It pauses before it costs more. What has to be fetched again after an interruption is paid for again.'
                )
          }
          problem={left && wrong ? { message: wrong, hint: '' } : undefined}
        >
          {control => (
            <input
              {...control}
              ref={field}
              type="text"
              inputMode="decimal"
              autoComplete="off"
              className="jp-DataHub-input jp-DataHub-amount"
              value={text}
              disabled={busy}
              onChange={event => setText(event.target.value)}
              onBlur={() => setLeft(true)}
            />
          )}
        </Field>
        {problem !== null && (
          <p className="jp-DataHub-problem" role="alert">
            {errorSentences(problem)}
          </p>
        )}
        <FormActions
          submit={
            busy
              ? trans.__('Starting…')
              : limit === null || wrong
                ? trans.__('Pay and download')
                : limit === 0
                  ? trans.__('Download')
                  : trans.__('Pay up to %1', formatUsd(limit))
          }
          disabled={busy}
          trans={trans}
          onCancel={onClose}
        />
      </form>
    </div>
  );
}

function Price(props: {
  readonly title: string;
  readonly cost: Cost;
  readonly trans: TranslationBundle;
}): ReactElement {
  const { title, cost, trans } = props;
  const { usd, usd_per_gb, paid_usd, files } = cost;
  const most =
    usd === null
      ? trans.__('nobody knows how much')
      : trans.__('at most %1', formatUsd(usd));
  return (
    <>
      <p className="jp-DataHub-modalLead">
        {files > 1
          ? trans.__(
              '%1: whoever fetches these files pays. Your AWS account is charged for what is sent, and one limit holds for all of them.',
              title
            )
          : trans.__(
              '“%1” is in a bucket whose requester pays: your AWS account is charged for what is sent.',
              title
            )}
      </p>
      <p className="jp-DataHub-claims" role="status">
        {paid_usd > 0 && (
          <>{trans.__('%1 are spent already.', formatUsd(paid_usd))} </>
        )}
        <strong>
          {paid_usd > 0
            ? trans.__('Still to come: %1', most)
            : trans.__('It costs %1', most)}
        </strong>{' '}
        ({ratesWords(cost, trans)}).{' '}
        {usd_per_gb === 0
          ? trans.__(
              'This machine is in the region of the bucket, where the transfer costs nothing.'
            )
          : trans.__(
              'In the region of the bucket the transfer would cost nothing.'
            )}
      </p>
    </>
  );
}
