// Our own lint rules, as oxlint loads them.
import { allowedImports } from './allowed-imports.mjs';
import { inOneLayer } from './in-one-layer.mjs';
import { noFlagsInMessages } from './no-flags-in-messages.mjs';
import { noVagueNames } from './no-vague-names.mjs';

// eslint-disable-next-line import/no-default-export -- oxlint asks for it
export default {
  meta: { name: 'latentbrush' },
  rules: {
    'allowed-imports': allowedImports,
    'in-one-layer': inOneLayer,
    'no-flags-in-messages': noFlagsInMessages,
    'no-vague-names': noVagueNames,
  },
};
