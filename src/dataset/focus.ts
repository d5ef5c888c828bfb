import type { Asset, Dataset, DatasetPage } from '../api/models';

/** The kind of the Sources in which a file is found by itself, and told of as part of a project. */
const FILES_ARE_FOUND = 'hca';

/**
 * The page of one file, where that is what the user asked for: the file as a dataset of its own,
 * which belongs to its project. Any other page is given as it is.
 */
export function focused(page: DatasetPage, ref: string): DatasetPage {
  const { dataset } = page;
  const file = dataset.assets.find(asset => asset.ref === ref);
  if (dataset.kind !== FILES_ARE_FOUND || !file || !isFound(file)) {
    return page;
  }
  return { ...page, dataset: ofFile(dataset, file) };
}

/** Whether something is a file of the catalog, and nothing that is made of others. */
function isFound({ group, volatile, ref }: Asset): boolean {
  return !group && !volatile && ref !== '';
}

function ofFile(project: Dataset, file: Asset): Dataset {
  const { access, access_note, name, note, properties, ref } = file;
  return {
    ...project,
    ref,
    title: name,
    description: note,
    assets: [{ ...file, section: '' }],
    access,
    access_note,
    properties,
    facets: {},
    cells: null,
    links: [],
    related: [],
    extra: {},
    owner: { ref: project.ref, title: project.title, type: 'Project' }
  };
}
