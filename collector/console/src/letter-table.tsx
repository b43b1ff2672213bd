import type { Site } from '../../../protocol/api/fleet.js';
import { bytesText, harmless } from './format.js';

import type { Letter } from './remote-api.js';
import { useTexts } from './texts.js';

interface Props {
  letters: readonly Letter[];
  sites: readonly Site[];
  onOpen: (letter: Letter) => void;
}

/** One line for each thing that could not be stored. */
export function LetterTable({ letters: shown, sites, onOpen }: Props) {
  const { letters } = useTexts();
  return (
    <div className="scroll">
      <table className="cards">
        <thead>
          <tr>
            <th>{letters.at}</th>
            <th>{letters.place}</th>
            <th>{letters.reason}</th>
            <th>{letters.lane}</th>
            <th>{letters.size}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {shown.map((letter) => {
            const at = new Date(letter.at).toLocaleString();
            return (
              <tr key={letter.id}>
                <td className="when">{at}</td>
                <td>{placeText(letter.agent, sites)}</td>
                <td title={harmless(letter.reason)}>{harmless(letters.explain(letter.reason))}</td>
                <td className="when">{letter.lane === undefined ? '—' : `${letter.lane}:${letter.seq ?? '?'}`}</td>
                <td className="when">{bytesText(letter.bytes)}</td>
                <td className="acts">
                  <button type="button" aria-label={letters.showOf(at)} onClick={() => onOpen(letter)}>
                    {letters.show}
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A box by the name of its site, where it has one still. */
export function placeText(agent: string, sites: readonly Site[]): string {
  const site = sites.find((each) => each.agent?.id === agent);
  return site === undefined ? harmless(agent) : `${harmless(site.name)} (${harmless(agent)})`;
}
