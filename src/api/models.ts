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
export type CellReply = Schemas['CellReply'];
export type CellRequest = Schemas['CellRequest'];
export type Collection = Schemas['Collection'];
export type Dataset = Schemas['Dataset'];
export type DatasetPage = Schemas['DatasetPage'];
export type DatasetVersion = Schemas['DatasetVersion'];
export type ErrorBody = Schemas['ErrorBody'];
export type Facet = Schemas['Facet'];
export type FacetValue = Schemas['FacetValue'];
export type Hit = Schemas['Hit'];
export type LibraryItem = Schemas['LibraryItem'];
export type LibraryListing = Schemas['LibraryListing'];
export type Link = Schemas['Link'];
export type ProvenanceInput = Schemas['ProvenanceInput'];
export type Range = Schemas['Range'];
export type SearchResult = Schemas['SearchResult'];
export type SourceStatus = Schemas['SourceStatus'];
export type Summary = Schemas['Summary'];
export type Term = Schemas['Term'];
export type Transfer = Schemas['Transfer'];
export type TransferState = Schemas['TransferState'];
