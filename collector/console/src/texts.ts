import { createContext, useContext } from 'react';
import { en } from './texts-en.js';
import { type ExplainedCode, ja, type Texts } from './texts-ja.js';

export type Language = 'ja' | 'en';
export const TEXTS: Record<Language, Texts> = { ja, en };
const KEY = 'hinomi.language';

export const LanguageContext = createContext<Language>('ja');

export function useTexts(): Texts {
  return TEXTS[useContext(LanguageContext)];
}

/** Japanese unless somebody chose English here before. */
export function storedLanguage(): Language {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'ja';
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
}

/** A refusal in the reader's words. */
export function failureText(texts: Texts, error: { status: number; code: string }): string {
  if (error.status === 0) return texts.unreachable;
  return Object.hasOwn(texts.errors, error.code)
    ? texts.errors[error.code as ExplainedCode]
    : texts.unexpected(error.code);
}
