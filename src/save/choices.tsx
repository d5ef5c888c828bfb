import { useCallback, useEffect, useState, type ReactElement } from 'react';

import type { Owner, SaveField } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { Combo, type IOption } from '../modal/Combo';
import type { IControl } from '../modal/Field';
import { useFound } from './useFound';

/** What the control of a property's value gets, whatever it is. */
export interface IEntryProps {
  readonly field: SaveField;
  readonly control: IControl;
  /** The name of the store. */
  readonly source: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly onValue: (value: string) => void;
}

/** Terms that show at once. */
const SHOWN = 50;

/** A term of a vocabulary, found by its code, its label or its description. */
export function Vocabulary(props: IEntryProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { field, control, value, disabled, onValue } = props;
  const chosen = field.choices.find(({ code }) => code === value);
  const words = chosen ? chosen.label || chosen.code : value;
  const [text, setText] = useState(words);
  useEffect(() => setText(words), [words]);

  const typed = text.trim().toLowerCase();
  const fitting = field.choices.filter(({ code, label, description }) =>
    chosen && text === words
      ? true
      : `${code} ${label} ${description}`.toLowerCase().includes(typed)
  );
  const options = fitting.slice(0, SHOWN).map(({ code, label }): IOption => ({
    key: code,
    label: label || code,
    note: label && label !== code ? code : ''
  }));
  const rest = fitting.length - options.length;
  return (
    <Combo
      control={control}
      text={text}
      options={options}
      empty={trans.__('No term has these words.')}
      rest={
        rest > 0
          ? trans._n(
              '%2 more term; type on to find it.',
              '%2 more terms; type on to find them.',
              rest,
              formatInteger(rest)
            )
          : undefined
      }
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

/** An object that a property names, found by its identifier, code or name. */
export function ObjectChoice(props: IEntryProps): ReactElement {
  const { client, trans } = useSidebar().hub;
  const { field, control, source, value, disabled, onValue } = props;
  const type = field.object_type;
  const ask = useCallback(
    (text: string, signal: AbortSignal): Promise<Owner[]> =>
      client.owners(source, text, signal, { kind: 'object', type }),
    [client, source, type]
  );
  const [found, searching] = useFound(ask, value);
  return (
    <Combo
      control={control}
      text={value}
      options={found.map(each => ({
        key: each.identifier,
        label: each.identifier,
        note: [each.title, each.type].filter(Boolean).join(' · ')
      }))}
      empty={
        searching
          ? ''
          : type
            ? trans.__('No object of type %1 has this name.', type)
            : trans.__('No object has this name.')
      }
      placeholder={
        type
          ? trans.__('Search objects of type %1', type)
          : trans.__('Search objects')
      }
      disabled={disabled}
      stale={searching}
      onText={onValue}
      onChoose={({ key }) => onValue(key)}
    />
  );
}
