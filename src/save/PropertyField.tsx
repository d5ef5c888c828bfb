import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { SaveField } from '../api/models';
import { useSidebar } from '../browser/context';
import { IconButton } from '../browser/IconButton';
import { Field } from '../modal/Field';
import { ObjectChoice, Vocabulary, type IEntryProps } from './choices';
import type { Problems } from './form';
import { Moment } from './Moment';
import { entryOf, hintOf, patternOf } from './values';

interface IProps {
  readonly field: SaveField;
  /** The name of the store. */
  readonly source: string;
  readonly values: readonly string[];
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly onValues: (values: readonly string[]) => void;
}

/** A property by its data type; one with several values has a line for each. */
export function PropertyField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { field, source, values, problem, disabled, onValues } = props;
  const { label, code, description, mandatory, multi_value } = field;
  const lines = values.length > 0 ? values : [''];
  const change = (index: number, value: string): void =>
    onValues(lines.map((line, place) => (place === index ? value : line)));
  const hint = [
    description && description !== label ? description : '',
    hintOf(field, trans)
  ]
    .filter(Boolean)
    .join(' · ');
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
                  source={source}
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
            source={source}
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
    case 'time':
      return <Moment {...props} />;
    case 'object':
      return <ObjectChoice {...props} />;
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
          placeholder={patternOf(field)}
          value={value}
          onChange={event => onValue(event.target.value)}
        />
      );
  }
}
