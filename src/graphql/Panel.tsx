import type { IEditorServices } from '@jupyterlab/codeeditor';
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import { useId, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { useSignal } from '../browser/useSignal';
import { Answer } from './Answer';
import { LastQuestions } from './LastQuestions';
import type { GraphModel, IGraphState } from './model';
import { Problems } from './Problems';
import { QueryEditor } from './QueryEditor';
import { TypeList } from './TypeList';

/** Seconds after which it is said how long an answer has been waited for. */
const SLOW = 3;

/** Variables as they are written. */
const EXAMPLE = '{"first": 10}';

interface IProps {
  readonly model: GraphModel;
  readonly services: IEditorServices;
  /** What the commons is called. */
  readonly title: string;
}

/** Questions in GraphQL to one commons: what can be asked, the question, its answer. */
export function Panel({ model, services, title }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const state = useSignal(model.changed, () => model.state);
  const [listed, setListed] = useState(true);
  const id = useId();
  const { answer, error, running, schemaError } = state;
  return (
    <div className={`jp-DataHub-graphPanel ${listed ? '' : 'jp-mod-unlisted'}`}>
      <section
        className="jp-DataHub-graphAside"
        aria-label={trans.__('What can be asked')}
      >
        <button
          type="button"
          className="jp-DataHub-link jp-DataHub-graphToggle"
          aria-expanded={listed}
          aria-controls={id}
          onClick={() => setListed(!listed)}
        >
          {listed
            ? trans.__('Hide types of records')
            : trans.__('Show types of records')}
        </button>
        <div id={id} hidden={!listed}>
          <TypeList model={model} state={state} />
        </div>
      </section>
      <div className="jp-DataHub-graphMain">
        <Head model={model} state={state} title={title} />
        <QueryEditor model={model} services={services} />
        <Variables model={model} state={state} />
        <Problems model={model} state={state} title={title} />
        {answer && (
          <div
            className={`jp-DataHub-graphResult ${running ? 'jp-mod-old' : ''}`}
            aria-busy={running}
          >
            <Answer answer={answer} title={title} />
          </div>
        )}
        {!answer && error === null && schemaError === null && !running && (
          <p className="jp-DataHub-graphEmpty">
            {trans.__(
              'Choose a type of records for a query to begin with, or write one: it is completed as you type. The answer shows here as a table.'
            )}
          </p>
        )}
      </div>
    </div>
  );
}

interface IPartProps {
  readonly model: GraphModel;
  readonly state: IGraphState;
}

function Head(props: IPartProps & { readonly title: string }): ReactElement {
  const { trans } = useSidebar().hub;
  const { model, state, title } = props;
  const { running, waited, cancelled, endpoint, endpoints, last } = state;
  return (
    <div
      className="jp-DataHub-graphBar"
      role="group"
      aria-label={trans.__('Query')}
    >
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        disabled={running}
        title={trans.__('Run the query (Ctrl/Cmd+Enter)')}
        onClick={() => void model.run()}
      >
        <runIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        {trans.__('Run')}
      </button>
      {running && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.cancel()}
        >
          <stopIcon.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
          {trans.__('Cancel')}
        </button>
      )}
      {endpoints.length > 1 && (
        <select
          className="jp-DataHub-input"
          aria-label={trans.__('What is asked')}
          title={endpoints.find(({ name }) => name === endpoint)?.description}
          value={endpoint}
          disabled={running}
          onChange={event => void model.setEndpoint(event.target.value)}
        >
          {endpoints.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      )}
      <LastQuestions
        last={last}
        onChosen={question => void model.recall(question)}
      />
      <span className="jp-DataHub-count">
        <span role="status">
          {running && trans.__('Asking %1…', title)}
          {!running && cancelled && trans.__('Cancelled.')}
        </span>
        {running &&
          waited >= SLOW &&
          ' ' + trans._n('%1 second', '%1 seconds', waited)}
      </span>
    </div>
  );
}

function Variables({ model, state }: IPartProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { variables, wrongVariables } = state;
  return (
    <details
      className="jp-DataHub-graphVariables"
      open={wrongVariables || undefined}
    >
      <summary>
        {variables.trim()
          ? trans.__('Variables (given)')
          : trans.__('Variables')}
      </summary>
      <textarea
        className="jp-DataHub-input"
        rows={3}
        spellCheck={false}
        aria-label={trans.__('Variables, as JSON')}
        aria-invalid={wrongVariables}
        placeholder={EXAMPLE}
        value={variables}
        onChange={event => model.setVariables(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void model.run();
          }
        }}
      />
    </details>
  );
}
