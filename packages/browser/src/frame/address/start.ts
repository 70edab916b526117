import { startForm } from '../start-form.js';
import { createAddressProgram } from './address-program.js';
import { loadAddressTexts } from './texts.js';

startForm(loadAddressTexts, createAddressProgram);
