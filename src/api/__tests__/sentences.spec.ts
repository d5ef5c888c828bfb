import { errorSentences, sentences } from '../sentences';

it('gives each sentence its full stop', () => {
  expect(sentences(['One', 'Two.', '', ' Three? '])).toBe('One. Two. Three?');
});

it('begins an error with a capital letter, unless that is the name of a file', () => {
  expect(
    errorSentences({ message: 'the host is busy', hint: 'Try again later' })
  ).toBe('The host is busy. Try again later.');
  expect(errorSentences({ message: 'cells.h5ad was cut' })).toBe(
    'cells.h5ad was cut.'
  );
  expect(errorSentences(null)).toBe('');
});
