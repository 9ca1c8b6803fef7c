// Given and family names by culture, with the spelling each takes in an address.
// Longer than 300 lines: it is a table of data.
import type { PhoneCountryCode } from './phones.ts'

export interface Spelling {
  // As the person writes it.
  native: string
  // Lower-case ASCII letters, for e-mail addresses and user names; unique within its list.
  roman: string
}

export interface NameSet {
  given: readonly Spelling[]
  family: readonly Spelling[]
}

export interface Culture {
  weight: number
  countries: readonly PhoneCountryCode[]
  // Reserved names only (RFC 2606), so that no message could ever reach anybody.
  domains: readonly string[]
  familyFirst: boolean
  glue: '' | ' '
  // A middle initial may be added to these names.
  initials: boolean
  // Languages whose family names follow the gender have one set for each.
  sets: readonly NameSet[]
}

// Letters that have no base letter to fall back to when their accents are taken away.
const ligatures: Record<string, string> = { ß: 'ss', ł: 'l', ø: 'o', æ: 'ae', đ: 'd', ı: 'i', œ: 'oe' }
const umlauts: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' }

// Latin names romanise themselves. An underscore stands for a space inside one name.
function latin(list: string, extra: Record<string, string> = {}): Spelling[] {
  const table = { ...ligatures, ...extra }
  return list.split(' ').map((word) => {
    const native = word.replaceAll('_', ' ')
    const letters = [...native.toLowerCase()].map((letter) => table[letter] ?? letter).join('')
    return { native, roman: letters.normalize('NFD').replace(/[^a-z]/g, '') }
  })
}

// Other scripts list the name and its romanisation in turn.
function pairs(list: string): Spelling[] {
  const words = list.split(' ')
  const result: Spelling[] = []
  for (let index = 0; index + 1 < words.length; index += 2) {
    result.push({ native: words[index] ?? '', roman: words[index + 1] ?? '' })
  }
  return result
}

const western = { familyFirst: false, glue: ' ', initials: false } as const

const latinCultures: Culture[] = [
  {
    ...western,
    weight: 12,
    countries: ['US', 'GB', 'GB', 'IE', 'AU'],
    initials: true,
    domains: ['letters.example', 'harbourmail.example', 'oakpost.test', 'café-corner.example'],
    sets: [
      {
        given: latin(
          'Olivia Amelia Grace Emily Charlotte Sophie Hannah Lucy Megan Rachel Abigail Natalie Jessica Claire Zoë ' +
            'Victoria Brooke Siobhán Fiona Eleanor James Oliver William Jack Thomas Henry Samuel Daniel Joseph ' +
            'Benjamin Edward Ryan Nathan Luke Seán Connor Callum Patrick Adam Marcus Theodore Elijah',
        ),
        family: latin(
          'Smith Johnson Williams Brown Jones Taylor Davies Wilson Evans Walker Robinson Wright Thompson White ' +
            'Hughes Edwards Green Hall Wood Harris Clarke Jackson Turner Hill Moore Cooper Ward Morris King Baker ' +
            "Harrison Morgan Allen Scott Bennett Carter Parker O'Brien Murphy O'Connor Kelly Byrne Fitzgerald " +
            'MacDonald',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 15,
    countries: ['DE', 'DE', 'DE', 'DE', 'AT', 'CH'],
    domains: ['grüße.example', 'postfach.example', 'briefkasten.example', 'müller-bau.example', 'werkstatt.test'],
    sets: [
      {
        given: latin(
          'Anna Lena Katharina Sophie Marie Johanna Greta Käthe Jördis Ursula Heike Birgit Sabine Petra Antje ' +
            'Frauke Mareike Annika Franziska Luise Lukas Jonas Felix Maximilian Jürgen Günther Björn Sören Matthias ' +
            'Sebastian Florian Tobias Moritz Leon Paul Emil Karsten Dieter Wolfgang Rüdiger Götz Torben',
          umlauts,
        ),
        family: latin(
          'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter ' +
            'Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause ' +
            'Lehmann Köhler Maier Huber Mayer Weiß Jung Großmann Vogel Friedrich Keller Günter Böhm Strauß Petersen',
          umlauts,
        ),
      },
    ],
  },
  {
    ...western,
    weight: 8,
    countries: ['FR', 'FR', 'CH', 'MA'],
    domains: ['courrier.example', 'boîte-aux-lettres.example', 'lettre.test', 'bureau-fr.example'],
    sets: [
      {
        given: latin(
          'Camille Chloé Léa Manon Inès Zoé Hélène Françoise Agnès Élodie Anaïs Margaux Noémie Aurélie Solène ' +
            'Maëlle Clémence Hugo Louis Théo Jérôme Benoît François Étienne Frédéric Loïc Rémi Gaël Cédric Mathis ' +
            'Antoine Baptiste Raphaël Sacha Jean-Luc Pierre-Yves Marie-Claire',
        ),
        family: latin(
          'Martin Bernard Dubois Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia Roux Fournier Girard ' +
            'Bonnet Dupont Lambert Fontaine Rousseau Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand ' +
            'Gauthier Perrin Clément Morin Nguyen Henry Barbier Delacroix Lécuyer Sauvé Brûlé',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 9,
    countries: ['ES', 'ES', 'MX'],
    domains: ['correo.example', 'mañana.example', 'buzon.test', 'plaza.example'],
    sets: [
      {
        given: latin(
          'María Lucía Sofía Carmen Begoña Inés Rocío Ángela Mónica Verónica Pilar Montserrat Nuria Alba Noelia ' +
            'Ximena Guadalupe José Andrés Ramón Iván Óscar Álvaro Jesús Raúl Ángel Joaquín Iñigo Javier Alejandro ' +
            'Diego Sergio Pablo Fernando Rodrigo Emiliano Ignacio',
        ),
        family: latin(
          'García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández ' +
            'Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez Ramos Gil Ramírez ' +
            'Serrano Blanco Molina Suárez Ortega Delgado Castro Ortiz Rubio Marín Núñez Peña Ibáñez',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 7,
    countries: ['BR', 'BR', 'PT'],
    domains: ['correio.example', 'coração.example', 'caixa-postal.test'],
    sets: [
      {
        given: latin(
          'Ana Beatriz Letícia Larissa Conceição Luísa Mariana Júlia Débora Patrícia Tânia Vitória Bruna Inês ' +
            'Catarina Matilde João Tiago Antônio Luís Caio Thiago Rogério Fábio Vinícius Otávio Estêvão Simão Duarte ' +
            'Gonçalo Rafael Gustavo Leandro Murilo',
        ),
        family: latin(
          'Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Nascimento Alves Carvalho ' +
            'Araújo Ribeiro Gonçalves Barbosa Rocha Dias Moreira Nunes Marques Machado Freitas Teixeira Simões ' +
            'Conceição Assunção Guimarães Magalhães Brandão Leão Falcão',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 6,
    countries: ['IT'],
    domains: ['posta.example', 'città.example', 'cartolina.test'],
    sets: [
      {
        given: latin(
          'Giulia Martina Chiara Aurora Alice Francesca Elisa Beatrice Ginevra Noemi Federica Silvia Paola Niccolò ' +
            'Lorenzo Matteo Alessandro Riccardo Davide Giuseppe Salvatore Giacomo Tommaso Edoardo Michele Luca ' +
            'Stefano Umberto Vincenzo Giosuè',
        ),
        family: latin(
          'Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca ' +
            'Mancini Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara ' +
            "Galli D'Angelo Martini Leone Longo Gentile Sanò Viganò",
        ),
      },
    ],
  },
  {
    ...western,
    weight: 6,
    countries: ['PL'],
    domains: ['poczta.example', 'skrzynka.test', 'żółw.example'],
    sets: [
      {
        given: latin(
          'Agnieszka Małgorzata Katarzyna Zofia Zuzanna Wanda Elżbieta Bożena Grażyna Łucja Jadwiga Halina Kinga ' +
            'Aleksandra Weronika Oliwia Dorota',
        ),
        family: latin(
          'Kowalska Wiśniewska Wójcik Kamińska Lewandowska Zielińska Szymańska Woźniak Dąbrowska Kozłowska Mazur ' +
            'Jankowska Kwiatkowska Krawczyk Piotrowska Grabowska Pawłowska Michalska Król Jabłońska Wróbel',
        ),
      },
      {
        given: latin(
          'Paweł Łukasz Michał Wojciech Krzysztof Grzegorz Tomasz Piotr Andrzej Stanisław Mateusz Jakub Bartosz ' +
            'Kazimierz Zbigniew Sławomir Marek',
        ),
        family: latin(
          'Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Mazur ' +
            'Jankowski Kwiatkowski Krawczyk Piotrowski Grabowski Pawłowski Michalski Król Jabłoński Wróbel',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 4,
    countries: ['SE'],
    domains: ['brevlåda.example', 'fjällpost.example', 'hamn.test'],
    sets: [
      {
        given: latin(
          'Astrid Ingrid Freja Maja Elsa Saga Linnéa Åsa Märta Göta Sigrid Solveig Tuva Björk Åke Nils Gustaf Axel ' +
            'Håkan Göran Östen Lars Magnus Rasmus Søren Jørgen Øyvind Kåre',
        ),
        family: latin(
          'Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Lindström ' +
            'Lindqvist Bergström Åkesson Sjöberg Öberg Nyström Hedlund Björklund Ekström Holmgren Hansen Østergaard ' +
            'Nørgaard Kjær Bødker Ødegård Sørensen',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 4,
    countries: ['NL'],
    domains: ['brievenbus.example', 'grachtpost.test'],
    sets: [
      {
        given: latin(
          'Sanne Femke Lotte Fleur Anouk Maaike Roos Noor Liesbeth Marijke Tess Bram Daan Sem Thijs Jeroen Pieter ' +
            'Willem Joost Maarten Ruben Koen Sjoerd Niels Stijn Jasper',
        ),
        family: latin(
          'de_Jong Jansen de_Vries van_den_Berg van_Dijk Bakker Janssen Visser Smit Meijer de_Boer Mulder de_Groot ' +
            'Bos Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Smits de_Graaf van_der_Meer Kok',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 5,
    countries: ['TR'],
    domains: ['mektup.example', 'güneş.example', 'kutu.test'],
    sets: [
      {
        given: latin(
          'Ayşe Fatma Zeynep Elif Gülşen Büşra Çiğdem Şule Özge İpek Hatice Tuğba Defne Nazlı Mehmet Mustafa Ahmet ' +
            'Hüseyin Gökhan Oğuz Çağlar Şükrü Ömer Umut Kerem Tarık Yiğit Barış',
        ),
        family: latin(
          'Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Koç ' +
            'Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Güneş Avcı Aktaş Bulut Keskin',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 4,
    countries: ['VN'],
    familyFirst: true,
    domains: ['thư.example', 'hoasen.test'],
    sets: [
      {
        given: latin(
          'Thu_Hà Minh_Anh Ngọc_Lan Thanh_Hương Bích_Ngọc Kim_Chi Thùy_Linh Phương_Thảo Mai_Anh Quỳnh_Như ' +
            'Diệu_Linh Hồng_Nhung Đức_Anh Văn_Hùng Quốc_Bảo Minh_Đức Hữu_Phước Anh_Tuấn Thành_Công Gia_Huy Đình_Khôi ' +
            'Tiến_Dũng',
        ),
        family: latin('Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Trịnh Đinh Lâm Mạc'),
      },
    ],
  },
  {
    ...western,
    weight: 5,
    countries: ['NG', 'KE'],
    initials: true,
    domains: ['barua.example', 'sokoni.test'],
    sets: [
      {
        given: latin(
          'Amina Chidinma Ngozi Adaeze Folake Yetunde Wanjiku Akinyi Njeri Zainab Halima Ifeoma Temitope ' +
            'Chukwuemeka Oluwaseun Babatunde Kamau Otieno Kipchoge Mwangi Emeka Tunde Ibrahim Yusuf Obinna Olúmídé ' +
            'Ṣọlá Baraka Jabari',
        ),
        family: latin(
          'Okafor Adeyemi Okonkwo Balogun Eze Nwosu Abubakar Adébáyọ̀ Ogunleye Obi Bello Danjuma Odhiambo Kariuki ' +
            'Wambui Ochieng Mutua Njoroge Kimani Wafula Chebet Korir Omondi Onyango Uzoma Achebe Kalu Ọlátúnjí',
        ),
      },
    ],
  },
]

const cyrillicAndGreek: Culture[] = [
  {
    ...western,
    weight: 6,
    countries: ['UA'],
    domains: ['пошта.example', 'lyst.example', 'kyivmail.test'],
    sets: [
      {
        given: pairs(
          'Олена olena Оксана oksana Наталія nataliia Ірина iryna Соломія solomiia Дарина daryna Марія mariia ' +
            'Катерина kateryna Юлія yuliia Злата zlata Софія sofiia Людмила liudmyla Тарас taras Богдан bohdan ' +
            'Андрій andrii Олександр oleksandr Микола mykola Ярослав yaroslav Дмитро dmytro Сергій serhii ' +
            'Павло pavlo Назар nazar Остап ostap Юрій yurii Святослав sviatoslav Євген yevhen',
        ),
        family: pairs(
          'Шевченко shevchenko Коваленко kovalenko Бондаренко bondarenko Ткаченко tkachenko Кравченко kravchenko ' +
            'Олійник oliinyk Шевчук shevchuk Коваль koval Поліщук polishchuk Бондар bondar Ткачук tkachuk ' +
            'Мороз moroz Марченко marchenko Лисенко lysenko Руденко rudenko Савченко savchenko Петренко petrenko ' +
            'Кравчук kravchuk Клименко klymenko Павленко pavlenko Мельник melnyk Гончаренко honcharenko ' +
            'Литвиненко lytvynenko Гайдай haidai',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 5,
    countries: ['RU'],
    domains: ['почта.example', 'pismo.test', 'konvert.example'],
    sets: [
      {
        given: pairs(
          'Анна anna Мария maria Елена elena Ольга olga Татьяна tatiana Наталья natalia Ирина irina ' +
            'Светлана svetlana Екатерина ekaterina Дарья daria Полина polina Ксения ksenia Алёна alyona Вера vera',
        ),
        family: pairs(
          'Иванова ivanova Смирнова smirnova Кузнецова kuznetsova Попова popova Васильева vasileva ' +
            'Петрова petrova Соколова sokolova Михайлова mikhailova Новикова novikova Фёдорова fyodorova ' +
            'Морозова morozova Волкова volkova Лебедева lebedeva Козлова kozlova Павлова pavlova Орлова orlova ' +
            'Зайцева zaitseva',
        ),
      },
      {
        given: pairs(
          'Александр alexander Дмитрий dmitry Максим maxim Сергей sergey Андрей andrey Алексей alexey ' +
            'Артём artyom Илья ilya Кирилл kirill Михаил mikhail Никита nikita Егор egor Фёдор fyodor Роман roman',
        ),
        family: pairs(
          'Иванов ivanov Смирнов smirnov Кузнецов kuznetsov Попов popov Васильев vasilev Петров petrov ' +
            'Соколов sokolov Михайлов mikhailov Новиков novikov Фёдоров fyodorov Морозов morozov Волков volkov ' +
            'Лебедев lebedev Козлов kozlov Павлов pavlov Орлов orlov Зайцев zaitsev',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 4,
    countries: ['GR'],
    domains: ['ταχυδρομείο.example', 'grammata.example', 'limani.test'],
    sets: [
      {
        given: pairs(
          'Μαρία maria Ελένη eleni Αικατερίνη aikaterini Βασιλική vasiliki Σοφία sofia Αγγελική angeliki ' +
            'Γεωργία georgia Δήμητρα dimitra Ειρήνη eirini Ιωάννα ioanna Χριστίνα christina Αναστασία anastasia',
        ),
        family: pairs(
          'Παπαδοπούλου papadopoulou Παππά pappa Καραγιάννη karagianni Βλάχου vlachou Ιωαννίδου ioannidou ' +
            'Οικονόμου oikonomou Παπαγεωργίου papageorgiou Μακρή makri Αντωνίου antoniou Δημητρίου dimitriou ' +
            'Νικολάου nikolaou Γεωργίου georgiou Κωνσταντίνου konstantinou Αλεξίου alexiou',
        ),
      },
      {
        given: pairs(
          'Γιώργος giorgos Γιάννης giannis Κωνσταντίνος konstantinos Δημήτρης dimitris Νίκος nikos ' +
            'Παναγιώτης panagiotis Βασίλης vasilis Χρήστος christos Αθανάσιος athanasios Μιχάλης michalis ' +
            'Σπύρος spyros Θεόδωρος theodoros',
        ),
        family: pairs(
          'Παπαδόπουλος papadopoulos Παππάς pappas Καραγιάννης karagiannis Βλάχος vlachos Ιωαννίδης ioannidis ' +
            'Οικονόμου oikonomou Παπαγεωργίου papageorgiou Μακρής makris Αντωνίου antoniou Δημητρίου dimitriou ' +
            'Νικολάου nikolaou Γεωργίου georgiou Κωνσταντίνου konstantinou Αλεξίου alexiou',
        ),
      },
    ],
  },
]

const westAsianAndAfrican: Culture[] = [
  {
    ...western,
    weight: 7,
    countries: ['EG', 'SA', 'AE', 'MA'],
    domains: ['بريد.example', 'رسالة.example', 'barid.test'],
    sets: [
      {
        given: pairs(
          'فاطمة fatima عائشة aisha مريم maryam نور nour ليلى layla سارة sarah هدى huda زينب zaynab ياسمين yasmin ' +
            'سلمى salma رانيا rania أميرة amira محمد mohamed أحمد ahmed علي ali عمر omar يوسف youssef خالد khaled ' +
            'حسن hassan إبراهيم ibrahim طارق tareq كريم karim سامي sami مصطفى mostafa زياد ziad أنس anas',
        ),
        family: pairs(
          'المصري elmasry السيد elsayed حسين hussein منصور mansour الشريف alsharif عبدالله abdullah ' +
            'سليمان suleiman القحطاني alqahtani العتيبي alotaibi الغامدي alghamdi الزهراني alzahrani الحربي alharbi ' +
            'النجار alnajjar الخطيب alkhatib حداد haddad خوري khoury صالح saleh بركات barakat العلوي alaoui ' +
            'بنعلي benali التازي tazi المهيري almheiri الفاسي elfassi الشامي alshami',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 3,
    countries: ['IL'],
    domains: ['דואר.example', 'mikhtav.test'],
    sets: [
      {
        given: pairs(
          'נועה noa תמר tamar מאיה maya שירה shira יעל yael מיכל michal רחל rachel אביגיל avigail הדס hadas ' +
            'ליאור lior אורי uri איתי itai דוד david יוסף yosef אריאל ariel נועם noam יונתן yonatan משה moshe ' +
            'עידו ido גלעד gilad אלון alon רועי roi',
        ),
        family: pairs(
          'כהן cohen לוי levi מזרחי mizrahi פרץ peretz ביטון biton דהן dahan אברהם avraham פרידמן friedman ' +
            'מלכה malka אזולאי azoulay כץ katz יוסף yosef עמר amar אוחיון ohayon חדד hadad גבאי gabay שפירא shapira ' +
            'רוזנברג rosenberg גולן golan ברק barak שגב segev',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 3,
    countries: ['GE'],
    domains: ['ფოსტა.example', 'tserili.test'],
    sets: [
      {
        given: pairs(
          'ნინო nino მარიამ mariam თამარ tamar ანა ana ნანა nana ეკატერინე ekaterine ქეთევან ketevan მაია maia ' +
            'სალომე salome ლელა lela გიორგი giorgi დავით davit ლუკა luka ნიკოლოზ nikoloz ლევან levan ზურაბ zurab ' +
            'ირაკლი irakli საბა saba ვახტანგ vakhtang შოთა shota',
        ),
        family: pairs(
          'ბერიძე beridze კაპანაძე kapanadze გელაშვილი gelashvili მაისურაძე maisuradze გიორგაძე giorgadze ' +
            'ლომიძე lomidze წიკლაური tsiklauri ბოლქვაძე bolkvadze ხუციშვილი khutsishvili ნოზაძე nozadze ' +
            'ჯაფარიძე japaridze კვარაცხელია kvaratskhelia მჭედლიშვილი mchedlishvili ქავთარაძე kavtaradze ' +
            'აბაშიძე abashidze დოლიძე dolidze',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 3,
    countries: ['AM'],
    domains: ['փոստ.example', 'namak.test'],
    sets: [
      {
        given: pairs(
          'Անի ani Մարիամ mariam Նարե nare Լիլիթ lilit Գայանե gayane Հասմիկ hasmik Արփինե arpine Սոնա sona ' +
            'Շուշան shushan Տաթևիկ tatevik Արամ aram Տիգրան tigran Հայկ hayk Դավիթ davit Գևորգ gevorg Վահան vahan ' +
            'Նարեկ narek Արտակ artak Սուրեն suren Լևոն levon',
        ),
        family: pairs(
          'Գրիգորյան grigoryan Հարությունյան harutyunyan Սարգսյան sargsyan Հովհաննիսյան hovhannisyan ' +
            'Խաչատրյան khachatryan Հակոբյան hakobyan Վարդանյան vardanyan Պետրոսյան petrosyan Գևորգյան gevorgyan ' +
            'Կարապետյան karapetyan Ղազարյան ghazaryan Մկրտչյան mkrtchyan Աբրահամյան abrahamyan Ավետիսյան avetisyan ' +
            'Մանուկյան manukyan Թորոսյան torosyan',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 3,
    countries: ['ET'],
    domains: ['ደብዳቤ.example', 'posta-bet.test'],
    sets: [
      {
        given: pairs(
          'አበበች abebech ብርቱካን birtukan ትዕግስት tigist ሄለን helen ሰላም selam ሕይወት hiwot ራሔል rahel ማርታ marta ' +
            'ቤተልሔም bethlehem ፍሬወይኒ freweini አበበ abebe ከበደ kebede ተስፋዬ tesfaye ሙሉጌታ mulugeta ዳዊት dawit ሳሙኤል samuel ' +
            'ዮናስ yonas ብሩክ biruk ኃይሌ haile ግርማ girma',
        ),
        family: pairs(
          'በቀለ bekele ታደሰ tadesse ገብረ gebre ወልደ wolde አለሙ alemu ደስታ desta መኮንን mekonnen ኃይሉ hailu አሰፋ assefa ' +
            'ገብረማርያም gebremariam ተፈራ tefera ለማ lemma ይልማ yilma ዘውዴ zewde ንጉሴ nigussie ፍቃዱ fikadu ተክሌ tekle ' +
            'መንግስቱ mengistu',
        ),
      },
    ],
  },
]

const southAsian: Culture[] = [
  {
    ...western,
    weight: 8,
    countries: ['IN'],
    domains: ['डाक.example', 'patra.example', 'chitthi.test'],
    sets: [
      {
        given: pairs(
          'प्रिया priya अंजलि anjali सुनीता sunita कविता kavita पूजा pooja नेहा neha दीपिका deepika आरती aarti ' +
            'मीरा meera श्रेया shreya रेखा rekha अनन्या ananya राहुल rahul अमित amit संजय sanjay विक्रम vikram ' +
            'अर्जुन arjun रोहन rohan आदित्य aditya सुरेश suresh मनोज manoj विवेक vivek करण karan हर्ष harsh ' +
            'निखिल nikhil देव dev',
        ),
        family: pairs(
          'शर्मा sharma वर्मा verma गुप्ता gupta सिंह singh कुमार kumar पटेल patel मिश्रा mishra जोशी joshi ' +
            'अग्रवाल agarwal मेहता mehta यादव yadav चौहान chauhan तिवारी tiwari पांडे pandey देशपांडे deshpande ' +
            'कुलकर्णी kulkarni मल्होत्रा malhotra कपूर kapoor सक्सेना saxena ठाकुर thakur भट्ट bhatt ' +
            'त्रिपाठी tripathi चतुर्वेदी chaturvedi',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 5,
    countries: ['BD', 'BD', 'IN'],
    domains: ['চিঠি.example', 'dakghar.test'],
    sets: [
      {
        given: pairs(
          'নাসরিন nasrin সুমাইয়া sumaiya তানিয়া tania ফারহানা farhana রুমানা rumana মৌসুমী moushumi ' +
            'শর্মিলা sharmila ঐশী oishee নুসরাত nusrat তাসনিম tasnim রফিক rafiq করিম karim জাহিদ zahid সাকিব sakib ' +
            'তানভীর tanvir আরিফ arif মাহমুদ mahmud রাকিব rakib শুভ shuvo অনিক anik',
        ),
        family: pairs(
          'হোসেন hossain রহমান rahman ইসলাম islam আহমেদ ahmed চৌধুরী chowdhury খান khan মিয়া mia সরকার sarkar ' +
            'দাস das রায় roy ব্যানার্জি banerjee মুখার্জি mukherjee চক্রবর্তী chakraborty ঘোষ ghosh বসু basu ' +
            'তালুকদার talukdar মজুমদার majumdar সেনগুপ্ত sengupta উদ্দিন uddin',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 4,
    countries: ['IN'],
    domains: ['அஞ்சல்.example', 'anjal.test'],
    sets: [
      {
        given: pairs(
          'மீனாட்சி meenakshi லட்சுமி lakshmi கயல்விழி kayalvizhi தமிழ்செல்வி tamilselvi பிரியா priya ' +
            'நித்யா nithya சரண்யா saranya தேன்மொழி thenmozhi வள்ளி valli காவ்யா kavya முருகன் murugan ' +
            'கார்த்திக் karthik செந்தில் senthil அருண் arun விஜய் vijay பாலாஜி balaji குமரன் kumaran இளங்கோ ilango ' +
            'சரவணன் saravanan தினேஷ் dinesh',
        ),
        family: pairs(
          'சுப்பிரமணியன் subramanian ராஜேந்திரன் rajendran கிருஷ்ணன் krishnan வெங்கடேசன் venkatesan ' +
            'நடராஜன் natarajan பழனிசாமி palanisamy ராமசாமி ramasamy செல்வராஜ் selvaraj சுந்தரம் sundaram ' +
            'ஆறுமுகம் arumugam கணேசன் ganesan சண்முகம் shanmugam பாண்டியன் pandian இராமன் raman மாணிக்கம் manickam ' +
            'அய்யர் iyer',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 3,
    countries: ['IN'],
    domains: ['తపాలా.example', 'uttaram.test'],
    sets: [
      {
        given: pairs(
          'పద్మ padma సీత sita అనూష anusha స్వాతి swathi హారిక harika దివ్య divya శ్రావణి sravani రమ్య ramya ' +
            'వెంకట్ venkat సాయి sai రవి ravi కిరణ్ kiran నరేష్ naresh ప్రసాద్ prasad చైతన్య chaitanya ' +
            'శ్రీనివాస్ srinivas మహేష్ mahesh పవన్ pavan',
        ),
        family: pairs(
          'రెడ్డి reddy రావు rao నాయుడు naidu చౌదరి chowdary శాస్త్రి sastry వర్మ varma గౌడ్ goud ప్రసాద్ prasad ' +
            'మూర్తి murthy రాజు raju శర్మ sarma నాయక్ naik బాబు babu కొండ konda',
        ),
      },
    ],
  },
]

const eastAsian: Culture[] = [
  {
    ...western,
    weight: 4,
    countries: ['TH'],
    domains: ['จดหมาย.example', 'praisani.test'],
    sets: [
      {
        given: pairs(
          'สมหญิง somying นภา napa พิมพ์ชนก pimchanok กัญญา kanya มาลี malee วรรณา wanna ปิยะนุช piyanuch ' +
            'สุดา suda อรทัย orathai ชลธิชา chonthicha สมชาย somchai ณัฐพล nattapon ธนกร thanakorn วิชัย wichai ' +
            'ประเสริฐ prasert กิตติพงษ์ kittipong อนุชา anucha ศักดิ์ชัย sakchai พีรพัฒน์ peerapat ชาญชัย chanchai',
        ),
        family: pairs(
          'ใจดี jaidee สุขสวัสดิ์ suksawat ทองดี thongdee แสงจันทร์ saengchan ศรีสุข srisuk รัตนพงษ์ rattanapong ' +
            'วงศ์ใหญ่ wongyai บุญมี boonmee พรหมมา promma เจริญสุข charoensuk สายทอง saithong จันทร์เพ็ญ chanpen ' +
            'อินทร์แก้ว inkaew มั่นคง mankong ทองสุข thongsuk แก้วมณี kaewmanee',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 8,
    countries: ['CN', 'CN', 'TW'],
    familyFirst: true,
    glue: '',
    domains: ['邮箱.example', '來信.example', 'youxiang.test'],
    sets: [
      {
        given: pairs(
          '秀英 xiuying 晓梅 xiaomei 思琪 siqi 雨婷 yuting 美玲 meiling 欣怡 xinyi 佳慧 jiahui 诗涵 shihan 若曦 ruoxi 梦洁 mengjie ' +
            '淑芬 shufen 雅雯 yawen 建国 jianguo 志强 zhiqiang 浩然 haoran 子轩 zixuan 宇航 yuhang 俊杰 junjie 明哲 mingzhe 伟东 weidong ' +
            '文博 wenbo 天佑 tianyou 家豪 jiahao 冠宇 guanyu 承恩 chengen 国栋 guodong 立新 lixin 晨曦 chenxi 海涛 haitao 嘉怡 jiayi',
        ),
        family: pairs(
          '王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu 孙 sun 马 ma 朱 zhu 胡 hu 郭 guo ' +
            '何 he 林 lin 高 gao 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 hsu 韩 han 冯 feng 邓 deng 曹 cao 彭 peng ' +
            '曾 zeng 萧 xiao 田 tian 董 dong 潘 pan 欧阳 ouyang 司马 sima',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 6,
    countries: ['JP'],
    familyFirst: true,
    domains: ['郵便.example', 'てがみ.example', 'tegami.test'],
    sets: [
      {
        given: pairs(
          '陽菜 hina 結衣 yui さくら sakura 美咲 misaki 葵 aoi 凛 rin 七海 nanami ひなた hinata あかり akari 楓 kaede エミ emi 直美 naomi ' +
            '恵子 keiko 蓮 ren 大翔 hiroto 悠真 yuma 翔太 shota 健太 kenta 拓海 takumi 颯 hayate 誠 makoto 一郎 ichiro 隆 takashi ' +
            '樹 itsuki ケン ken 和也 kazuya',
        ),
        family: pairs(
          '佐藤 sato 鈴木 suzuki 高橋 takahashi 田中 tanaka 伊藤 ito 渡辺 watanabe 山本 yamamoto 中村 nakamura 小林 kobayashi ' +
            '加藤 kato 吉田 yoshida 山田 yamada 佐々木 sasaki 山口 yamaguchi 松本 matsumoto 井上 inoue 木村 kimura 林 hayashi 斎藤 saito ' +
            '清水 shimizu 森 mori 池田 ikeda 橋本 hashimoto 石川 ishikawa 岡田 okada 長谷川 hasegawa',
        ),
      },
    ],
  },
  {
    ...western,
    weight: 5,
    countries: ['KR'],
    familyFirst: true,
    glue: '',
    domains: ['편지.example', 'pyeonji.test'],
    sets: [
      {
        given: pairs(
          '서연 seoyeon 지우 jiwoo 민서 minseo 하은 haeun 수빈 subin 지민 jimin 은지 eunji 유나 yuna 예린 yerin 다은 daeun 미경 mikyung ' +
            '소영 soyoung 민준 minjun 서준 seojun 도윤 doyun 지훈 jihoon 현우 hyunwoo 준호 junho 성민 sungmin 동현 donghyun ' +
            '태영 taeyoung 재원 jaewon 상훈 sanghoon 영수 youngsoo',
        ),
        family: pairs(
          '김 kim 이 lee 박 park 최 choi 정 jung 강 kang 조 cho 윤 yoon 장 jang 임 lim 한 han 오 oh 서 seo 신 shin 권 kwon ' +
            '황 hwang 안 ahn 송 song 류 ryu 홍 hong 전 jeon 고 ko 문 moon 남궁 namgoong',
        ),
      },
    ],
  },
]

export const cultures: readonly Culture[] = [
  ...latinCultures,
  ...cyrillicAndGreek,
  ...westAsianAndAfrican,
  ...southAsian,
  ...eastAsian,
]
