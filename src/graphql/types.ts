import type { GraphType } from '../api/models';
import type { Schema } from './schema';

/** Something that can be asked for, with what is said of it. */
export type IListed = GraphType;

/**
 * What a question can begin with: the types of the dictionary that the schema has, in its words;
 * the fields of the root where there is no dictionary.
 */
export function typesOf(
  schema: Schema | null,
  described: readonly GraphType[]
): readonly IListed[] {
  const root = schema?.root;
  if (!root) {
    return [];
  }
  const known = described.filter(({ name }) => root.fields.has(name));
  if (known.length > 0) {
    return known;
  }
  return [...root.fields.values()]
    .filter(
      ({ name, type, deprecated }) =>
        !deprecated && !name.startsWith('_') && schema.isComposite(type)
    )
    .map(({ name, description, type }) => ({
      name,
      title: name,
      category: '',
      description: description || (schema.type(type)?.description ?? '')
    }));
}

/** Those that have all words in their name, title, category or description. */
export function matching(
  all: readonly IListed[],
  text: string
): readonly IListed[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(each => {
    const said = [each.name, each.title, each.category, each.description]
      .join(' ')
      .toLowerCase();
    return words.every(word => said.includes(word));
  });
}
