import type { TranslationBundle } from '@jupyterlab/translation';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactElement
} from 'react';

import type { LoadOption, LoadOptions, LoadWay } from '../api/models';
import { FormActions } from '../modal/FormActions';
import { Modal } from '../modal/Modal';
import { ClusterFields } from './ClusterFields';
import type { IManner } from './manner';
import {
  freeWords,
  meaningWords,
  missingWords,
  optionWords,
  tooMuchWords
} from './words';

interface IProps {
  readonly title: string;
  readonly options: LoadOptions;
  readonly trans: TranslationBundle;
  readonly onChosen: (manner: IManner) => void;
  readonly onClose: () => void;
}

let shown: Modal | null = null;

/**
 * Ask how a file is to be loaded that is too large for the kernel.
 *
 * @returns null where the user wants none of it.
 */
export function askWay(
  title: string,
  options: LoadOptions,
  trans: TranslationBundle
): Promise<IManner | null> {
  return new Promise(resolve => {
    let chosen: IManner | null = null;
    shown = new Modal({
      title: trans.__('Too large for the kernel’s memory'),
      className: 'jp-DataHub-askWay',
      trans,
      content: close => (
        <Question
          title={title}
          options={options}
          trans={trans}
          onChosen={manner => {
            chosen = manner;
            close();
          }}
          onClose={close}
        />
      ),
      onClosed: () => {
        shown = null;
        resolve(chosen);
      }
    });
    shown.open();
  });
}

function Question(props: IProps): ReactElement {
  const { title, options, trans, onChosen, onClose } = props;
  const [way, setWay] = useState<LoadWay>(options.best);
  const [cluster, setCluster] = useState('');
  const option = options.options.find(each => each.way === way);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChosen({ way, cluster: way === 'dask' ? cluster : '' });
  };
  return (
    <div className="jp-DataHub-modalBody">
      <form className="jp-DataHub-form" onSubmit={submit}>
        <p className="jp-DataHub-modalLead">
          <strong>{title}</strong>
        </p>
        <p className="jp-DataHub-modalLead">
          {tooMuchWords(options, trans)} {freeWords(options, trans)}{' '}
          {trans.__(
            'A kernel that takes more than it may have is ended, and all that is in it is lost.'
          )}
        </p>
        <fieldset className="jp-DataHub-ways">
          <legend>{trans.__('How much is loaded')}</legend>
          {options.options.map(each => (
            <Way
              key={each.way}
              option={each}
              chosen={each.way === way}
              trans={trans}
              onChosen={() => setWay(each.way)}
            />
          ))}
        </fieldset>
        {way === 'dask' && (
          <ClusterFields
            cluster={cluster}
            trans={trans}
            onCluster={setCluster}
          />
        )}
        {option && option.missing.length > 0 && (
          <p className="jp-DataHub-problem" role="status">
            {missingWords(option, trans)}
          </p>
        )}
        <FormActions
          submit={
            way === 'selection'
              ? trans.__('Choose cells and genes')
              : option?.fits === false
                ? trans.__('Load all the same')
                : trans.__('Load')
          }
          warn={option?.fits === false}
          trans={trans}
          onCancel={onClose}
        />
      </form>
    </div>
  );
}

function Way(props: {
  readonly option: LoadOption;
  readonly chosen: boolean;
  readonly trans: TranslationBundle;
  readonly onChosen: () => void;
}): ReactElement {
  const { option, chosen, trans, onChosen } = props;
  const { way, fits } = option;
  const id = useId();
  const radio = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The one that is chosen at first.
    if (radio.current?.checked) {
      radio.current.focus();
    }
  }, []);
  const name = optionWords(option, trans);
  return (
    <div className="jp-DataHub-way">
      <input
        id={id}
        ref={radio}
        type="radio"
        name="way"
        value={way}
        checked={chosen}
        aria-describedby={`${id}-meaning`}
        onChange={onChosen}
      />
      <div>
        <label htmlFor={id}>
          {fits === false ? trans.__('%1 · does not fit', name) : name}
        </label>
        <p id={`${id}-meaning`} className="jp-DataHub-hint">
          {meaningWords(way, trans)}
        </p>
      </div>
    </div>
  );
}
