import type { ReactElement } from 'react';

import { DataHubError } from '../api/errors';
import { sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { CommandIDs } from '../tokens';
import type { GraphModel, IGraphState } from './model';

/** Codes of errors that connecting may mend. */
const CLOSED = new Set(['no_access', 'expired']);

interface IProps {
  readonly model: GraphModel;
  readonly state: IGraphState;
  /** What the commons is called. */
  readonly title: string;
}

/** What is wrong with a question, or with the way to the commons. */
export function Problems({ model, state, title }: IProps): ReactElement {
  const { hub, commands } = useSidebar();
  const { trans } = hub;
  const { answer, error, wrongVariables, schemaError } = state;
  const errors = answer?.errors ?? [];
  const failed = error ?? schemaError;
  const closed = failed instanceof DataHubError && CLOSED.has(failed.code);
  const letIn = hub.connections.find(model.source)?.state === 'connected';
  return (
    <div className="jp-DataHub-graphProblems" role="alert">
      {wrongVariables && (
        <div className="jp-DataHub-notice jp-mod-error">
          <p>
            {trans.__(
              'The variables are no JSON object, such as {"first": 10}.'
            )}
          </p>
        </div>
      )}
      {error !== null && (
        <ErrorNotice
          error={error}
          lead={trans.__('There is no answer.')}
          onRetry={() => void model.run()}
        />
      )}
      {closed && !letIn && (
        <p>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() =>
              void commands.execute(CommandIDs.connections, {
                name: model.source
              })
            }
          >
            {trans.__('Connect to %1', title)}
          </button>
        </p>
      )}
      {errors.length > 0 && (
        <div className="jp-DataHub-notice jp-mod-error">
          <p className="jp-DataHub-noticeLead">
            {answer?.tables.length
              ? trans.__('Only a part of the question was answered.')
              : trans.__('%1 does not answer this question.', title)}
          </p>
          <ul>
            {errors.map((words, index) => (
              <li key={index}>{sentences([words])}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
