/**
 * The models of the server, by the names they have there.
 *
 * Sizes are bytes, times ISO 8601 in UTC, rates bytes per second.
 */
import type { components } from './types';

type Schemas = components['schemas'];

export type Access = Schemas['Access'];
export type Asset = Schemas['Asset'];
export type CatalogState = Schemas['CatalogState'];
export type CellReply = Omit<Schemas['CellReply'], 'input'> & {
  input: ProvenanceInput | null;
};
export type CellRequest = Schemas['CellRequest'];
export type CheckedInput = Omit<Schemas['CheckedInput'], 'input'> & {
  input: ProvenanceInput;
};
export type Choice = Schemas['Choice'];
export type Collection = Schemas['Collection'];
export type Connection = Schemas['Connection'];
export type ConnectionKind = Schemas['ConnectionKind'];
export type ConnectionList = Schemas['ConnectionList'];
export type ConnectionRequest = Required<Schemas['ConnectionRequest']>;
export type ConnectionState = Schemas['ConnectionState'];
export type Dataset = Schemas['Dataset'];
export type DatasetPage = Schemas['DatasetPage'];
export type DatasetVersion = Schemas['DatasetVersion'];
export type Cost = Schemas['Cost'];
/**
 * `fields` says what is wrong with which field of a form, where the error is about one; `cost` what
 * somebody would have to agree to pay; `position` the character of a text at which it is wrong.
 */
export type ErrorBody = Omit<
  Schemas['ErrorBody'],
  'fields' | 'cost' | 'position'
> & {
  readonly position?: number | null;
  fields?: FieldError[];
  cost?: Cost | null;
};
export type Export = Schemas['Export'];
export type Facet = Schemas['Facet'];
export type FacetValue = Schemas['FacetValue'];
export type Figure = Schemas['Figure'];
export type FieldError = Schemas['FieldError'];
export type GraphAnswer = Schemas['GraphAnswer'];
export type GraphEndpoint = Schemas['GraphEndpoint'];
export type GraphQuestion = Required<Schemas['GraphQuestion']>;
export type GraphSchema = Schemas['GraphSchema'];
export type GraphTable = Schemas['GraphTable'];
export type GraphType = Schemas['GraphType'];
export type GroupMember = Schemas['GroupMember'];
export type GroupPage = Schemas['GroupPage'];
export type Hit = Schemas['Hit'];
export type LibraryItem = Schemas['LibraryItem'];
export type LibraryListing = Schemas['LibraryListing'];
export type Link = Schemas['Link'];
export type Channel = Schemas['Channel'];
export type ImageFacts = Schemas['ImageFacts'];
export type ImageTable = Schemas['ImageTable'];
export type ImageTables = Schemas['ImageTables'];
export type InputState = Schemas['InputState'];
export type KernelProbe = Schemas['KernelProbe'];
export type LoadOption = Schemas['LoadOption'];
export type LoadOptions = Schemas['LoadOptions'];
export type LoadWay = Schemas['LoadWay'];
export type Member = Schemas['Member'];
export type MemberListing = Schemas['MemberListing'];
export type Node = Schemas['Node'];
export type NodePage = Schemas['NodePage'];
export type Owner = Schemas['Owner'];
export type NotebookRequest = Schemas['NotebookRequest'];
export type Preview = Schemas['Preview'];
export type PreviewColumn = Schemas['PreviewColumn'];
export type PreviewMatrix = Schemas['PreviewMatrix'];
export type Property = Schemas['Property'];
/** A copy of all of a file, unless it says that cells and genes were chosen, or where it is read. */
export type ProvenanceInput = Omit<
  Schemas['ProvenanceInput'],
  'chosen' | 'in_place'
> & {
  chosen?: Selection | null;
  in_place?: boolean;
};
export type ProvenanceReport = Omit<Schemas['ProvenanceReport'], 'inputs'> & {
  inputs: CheckedInput[];
};
export type Range = Schemas['Range'];
export type RangeFacet = Schemas['RangeFacet'];
export type Related = Schemas['Related'];
export type SaveField = Schemas['SaveField'];
export type SaveForm = Schemas['SaveForm'];
export type Story = Schemas['Story'];
export type SaveRequest = Required<
  Omit<Schemas['SaveRequest'], 'write_history'>
>;
export type SaveType = Schemas['SaveType'];
export type SearchResult = Schemas['SearchResult'];
export type ColumnValues = Schemas['ColumnValues'];
export type GeneName = Schemas['GeneName'];
export type Selection = Required<Schemas['Selection']>;
export type SelectionEstimate = Schemas['SelectionEstimate'];
export type SourceStatus = Schemas['SourceStatus'];
export type Summary = Schemas['Summary'];
export type Term = Schemas['Term'];
export type Thumbnail = Schemas['Thumbnail'];
/** A download where nothing else is said; of a part of a file where there is a selection. */
export type Transfer = Omit<
  Schemas['Transfer'],
  'direction' | 'group' | 'selection' | 'max_usd' | 'paid_usd'
> & {
  max_usd?: number | null;
  paid_usd?: number;
  direction?: 'download' | 'upload';
  group?: Schemas['GroupCounts'] | null;
  selection?: Selection | null;
};
export type TransferRequest = Schemas['TransferRequest'];
export type TransferState = Schemas['TransferState'];
