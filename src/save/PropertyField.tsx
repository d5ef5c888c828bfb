import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useState, type ReactElement } from 'react';

import type { SaveField } from '../api/models';
import { useSidebar } from '../browser/context';
import { IconButton } from '../browser/IconButton';
import { Combo, type IOption } from '../modal/Combo';
import { Field, type IControl } from '../modal/Field';
import type { Problems } from './form';
import { entryOf, fromLocalTime, toLocalTime } from './values';

interface IProps {
  readonly field: SaveField;
  readonly values: readonly string[];
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly onValues: (values: readonly string[]) => void;
}

/** A property by its data type; one with several values has a line for each. */
export function PropertyField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { field, values, problem, disabled, onValues } = props;
  const { label, code, description, mandatory, multi_value } = field;
  const lines = values.length > 0 ? values : [''];
  const change = (index: number, value: string): void =>
    onValues(lines.map((line, place) => (place === index ? value : line)));
  const hint = description && description !== label ? description : '';
  return (
    <Field
      label={label || code}
      hint={hint}
      problem={problem}
      mandatory={mandatory}
    >
      {control =>
        multi_value ? (
          <>
            {lines.map((value, index) => (
              <div key={index} className="jp-DataHub-line">
                <Entry
                  field={field}
                  control={
                    index === 0
                      ? control
                      : { ...control, id: `${control.id}-${index}` }
                  }
                  value={value}
                  disabled={disabled}
                  onValue={next => change(index, next)}
                />
                {lines.length > 1 && (
                  <IconButton
                    icon={closeIcon}
                    label={trans.__(
                      'Take away value %1 of %2',
                      index + 1,
                      label || code
                    )}
                    disabled={disabled}
                    onClick={() =>
                      onValues(lines.filter((_, place) => place !== index))
                    }
                  />
                )}
              </div>
            ))}
            <IconButton
              className="jp-DataHub-another"
              icon={addIcon}
              label={trans.__('Another value of %1', label || code)}
              text={trans.__('Another value')}
              disabled={disabled}
              onClick={() => onValues([...lines, ''])}
            />
          </>
        ) : (
          <Entry
            field={field}
            control={control}
            value={lines[0]}
            disabled={disabled}
            onValue={next => change(0, next)}
          />
        )
      }
    </Field>
  );
}

interface IEntryProps {
  readonly field: SaveField;
  readonly control: IControl;
  readonly value: string;
  readonly disabled: boolean;
  readonly onValue: (value: string) => void;
}

function Entry(props: IEntryProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { field, control, value, disabled, onValue } = props;
  const entry = entryOf(field);
  const shared = { ...control, className: 'jp-DataHub-input', disabled };
  switch (entry) {
    case 'choice':
      return <Vocabulary {...props} />;
    case 'lines':
      return (
        <textarea
          {...shared}
          rows={3}
          value={value}
          onChange={event => onValue(event.target.value)}
        />
      );
    case 'boolean':
      return (
        <select
          {...shared}
          value={value}
          onChange={event => onValue(event.target.value)}
        >
          <option value="">{trans.__('not said')}</option>
          <option value="true">{trans.__('yes')}</option>
          <option value="false">{trans.__('no')}</option>
        </select>
      );
    case 'date':
      return (
        <input
          {...shared}
          type="date"
          value={value}
          onChange={event => onValue(event.target.value)}
        />
      );
    case 'time':
      return (
        <input
          {...shared}
          type="datetime-local"
          step={1}
          value={toLocalTime(value)}
          onChange={event => onValue(fromLocalTime(event.target.value))}
        />
      );
    default:
      return (
        <input
          {...shared}
          type={entry === 'link' ? 'url' : 'text'}
          inputMode={
            entry === 'integer'
              ? 'numeric'
              : entry === 'real'
                ? 'decimal'
                : undefined
          }
          value={value}
          onChange={event => onValue(event.target.value)}
        />
      );
  }
}

/** Terms that show at once. */
const SHOWN = 50;

/** A term of a vocabulary, found by its code, its label or its description. */
function Vocabulary(props: IEntryProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { field, control, value, disabled, onValue } = props;
  const chosen = field.choices.find(({ code }) => code === value);
  const words = chosen ? chosen.label || chosen.code : value;
  const [text, setText] = useState(words);
  useEffect(() => setText(words), [words]);

  const typed = text.trim().toLowerCase();
  const options = field.choices
    .filter(({ code, label, description }) =>
      chosen && text === words
        ? true
        : `${code} ${label} ${description}`.toLowerCase().includes(typed)
    )
    .slice(0, SHOWN)
    .map(({ code, label }): IOption => ({
      key: code,
      label: label || code,
      note: label && label !== code ? code : ''
    }));
  return (
    <Combo
      control={control}
      text={text}
      options={options}
      empty={trans.__('No term has these words.')}
      placeholder={trans._n(
        'Search %1 term',
        'Search %1 terms',
        field.choices.length
      )}
      disabled={disabled}
      onText={setText}
      onChoose={({ key, label }) => {
        setText(label);
        onValue(key);
      }}
      onLeave={() => {
        // A term that was typed to its end is as good as chosen.
        const exact = field.choices.find(({ code, label }) =>
          [code.toLowerCase(), label.toLowerCase()].includes(typed)
        );
        onValue(exact ? exact.code : text.trim());
      }}
    />
  );
}
