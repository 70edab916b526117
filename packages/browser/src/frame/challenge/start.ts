import { parseChallengeOptions } from '../../protocol/challenge-options.js';
import { startForm } from '../start-form.js';
import { createChallengeProgram } from './challenge-program.js';
import { loadChallengeTexts } from './texts.js';

startForm(parseChallengeOptions, loadChallengeTexts, createChallengeProgram);
