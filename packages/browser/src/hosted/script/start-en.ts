import { EN } from '../texts/en.js';
import { enhanceForm } from './enhance-form.js';

enhanceForm('en', EN);
